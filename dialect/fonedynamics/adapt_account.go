package fonedynamics

import (
	"cmp"
	"context"
	"regexp"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief"
)

// readAddress reads a new address (fonedynamics: POST /Accounts/[AccountSid]/Addresses,
// Line1, City, CountryCode, Friendly, Reference, Line2, Region, PostalCode).
func readAddress(r *reading) (wirechief.Address, error) {
	a := wirechief.Address{Street: r.need("Line1"), City: r.need("City")}
	if r.need("CountryCode") != "" {
		a.Country = r.country("CountryCode")
	}
	a.Name, _ = r.words("Friendly")
	a.Reference, _ = r.words("Reference")
	a.Street2, _ = r.words("Line2")
	a.Province, _ = r.words("Region")
	a.Zip, _ = r.words("PostalCode")
	return a, r.err()
}

// readAddressFilter reads what addresses must be like, to the letter
// (fonedynamics: GET /Accounts/[AccountSid]/Addresses, Friendly, Reference, City,
// Region, CountryCode, PostalCode). An empty filter is none.
func readAddressFilter(r *reading) func(*address) bool {
	want := func(name string) string {
		text, _ := r.words(name)
		return text
	}
	friendly, reference, city := want("Friendly"), want("Reference"), want("City")
	region, country, postal := want("Region"), upper(want("CountryCode")), want("PostalCode")
	return func(a *address) bool {
		for _, f := range [][2]string{
			{friendly, a.Friendly}, {reference, a.Reference}, {city, a.City}, {region, a.Region}, {country, a.CountryCode}, {postal, a.PostalCode},
		} {
			if f[0] != "" && f[0] != f[1] {
				return false
			}
		}
		return true
	}
}

func addressOf(a *wirechief.Address, c *call) address {
	return address{
		AddressSid: addressSID(c.p.Tenant, a.ID), AccountSid: c.account(), Friendly: a.Name, Reference: a.Reference,
		Line1: a.Street, Line2: a.Street2, City: a.City, Region: cmp.Or(a.Province, a.State), PostalCode: a.Zip, CountryCode: a.Country,
		Status: "Active",
	}
}

// host is the name of a host, or of a domain (RFC 1123 2.1), in any script.
var host = regexp.MustCompile(`^[\p{L}\p{N}]([\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?(\.[\p{L}\p{N}]([\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?)*$`)

// readProperty reads a new property (fonedynamics: POST /Properties, Name,
// MainDomain, TimeZone, SmsEnabled, CallRecordingEnabled, IntegrationsEnabled,
// Active).
func readProperty(r *reading) (wirechief.Property, error) {
	p := wirechief.Property{Name: r.need("Name"), MainDomain: r.need("MainDomain"), TimeZone: r.need("TimeZone")}
	if p.MainDomain != "" && !host.MatchString(p.MainDomain) {
		r.wrong("MainDomain", "%q is not the name of a host such as www.acme.example", p.MainDomain)
	}
	if spelt, ok := zone(p.TimeZone); ok {
		p.TimeZone = spelt
	} else if p.TimeZone != "" && r.invalid == nil {
		r.invalid = wirechief.Refuse(wirechief.Invalid, ruleTimeZone, "%q is not a time zone of Windows such as AUS Eastern Standard Time", p.TimeZone)
		r.invalid.Field = "TimeZone"
	}
	sms, _ := r.bool("SmsEnabled")
	p.NoSMS = !sms
	p.Recording, _ = r.bool("CallRecordingEnabled")
	p.Integrations, _ = r.bool("IntegrationsEnabled")
	if active, given := r.bool("Active"); given {
		p.Inactive = !active
	}
	return p, r.err()
}

func propertyOf(p *wirechief.Property, c *call) property {
	return property{
		AccountSid: c.account(), PropertySid: p.SID, Name: p.Name, MainDomain: p.MainDomain, TimeZone: p.TimeZone,
		SmsEnabled: !p.NoSMS, CallRecordingEnabled: p.Recording, IntegrationsEnabled: p.Integrations, Active: !p.Inactive,
	}
}

// flowOf shows a flow. All of them are about calls.
func flowOf(f *wirechief.Flow, property string) flow {
	return flow{property, f.ID, strconv.Itoa(f.Revision), f.Name, "Voice", f.UpdatedAt.Unix()}
}

// newLogin is a login as it is asked for.
type newLogin struct {
	login    wirechief.OnlineLogin
	password wirechief.Secret
	scopes   []string
}

// maxPassword bounds the work of hashing a password, in octets.
const maxPassword = 1024

// readLogin reads a new login (fonedynamics: POST
// /Properties/{PropertySid}/OnlineLogins, Email, Password, FirstName, LastName,
// Scopes, Enabled).
func readLogin(r *reading) (newLogin, error) {
	var out newLogin
	if r.need("Email") != "" {
		out.login.Email, _ = r.mail("Email")
	}
	password, given := r.text("Password") // white space is meant
	switch {
	case len(password) > maxPassword:
		r.wrong("Password", "the password has more than %d octets", maxPassword)
	case password == "" && (given || !r.has("Password")):
		r.lacks("Password", "Password is required")
	}
	out.password = wirechief.Secret(password)
	out.login.FirstName, out.login.LastName = r.need("FirstName"), r.need("LastName")
	if r.need("Scopes") != "" {
		out.scopes = r.choices("Scopes", "Manage", "Reporting", "ManageSms", "ReportingSms", "Integrations", "Billing", "ProjectManagement",
			"UserManagement", "SipManagement", "ProvisionSms", "OutboundCallReporting", "DisconnectNumbers", "Admin")
		if len(out.scopes) == 0 {
			r.lacks("Scopes", "Scopes is required")
		}
	}
	out.login.Enabled, _ = r.bool("Enabled")
	return out, r.err()
}

// hashed is the login as it is kept: the password is a slow hash.
func (l *newLogin) hashed(ctx context.Context, core Core) (out wirechief.OnlineLogin, err error) {
	out = l.login
	out.Password, err = core.HashPassword(ctx, l.password)
	return out, err
}

// mailIsFree refuses a second login of one user name.
func (s *server) mailIsFree(c *call, mail string) error {
	list, err := s.logins(c)
	if err != nil {
		return err
	}
	for _, l := range list {
		if strings.EqualFold(l.Email, mail) {
			refusal := wirechief.Refuse(wirechief.Conflict, ruleLogin, "%s has a login already", mail)
			refusal.Field = "Email"
			return refusal
		}
	}
	return nil
}

func loginOf(l *wirechief.OnlineLogin) onlineLogin {
	out := onlineLogin{
		OnlineLoginSid: l.ID, Email: l.Email, Created: l.CreatedAt.Unix(), Enabled: l.Enabled,
		FirstName: l.FirstName, LastName: l.LastName, Permissions: []permission{},
	}
	for _, p := range l.Permissions {
		out.Permissions = append(out.Permissions, permission{p.Property, strings.Join(p.Scopes, ",")})
	}
	return out
}
