package fonedynamics

// refusal is the body of every refusal (fonedynamics: every call, ResponseStatus,
// ResponseStatus.ErrorCode, ResponseStatus.Message, ResponseStatus.Errors,
// ResponseStatus.Errors.FieldName).
type refusal struct {
	ResponseStatus responseStatus `json:"ResponseStatus"`
}

type responseStatus struct {
	ErrorCode string       `json:"ErrorCode"` // upper case and underscores
	Message   string       `json:"Message"`
	Errors    []fieldError `json:"Errors,omitempty"`
}

// fieldError names a parameter at fault; code and message are those above.
type fieldError struct {
	FieldName string `json:"FieldName"`
	ErrorCode string `json:"ErrorCode"`
	Message   string `json:"Message"`
}

// number is a number with its configuration (fonedynamics: POST /Numbers/[Number],
// response 200, Number, AccountSid, PropertySid, Friendly, AddressSid,
// Attribution_Source, Attribution_Medium, Attribution_Campaign,
// Attribution_Content, RoutingMethod, EndpointNumber, Flow, Recording,
// SendSmsFrom, SendSmsTo, SendEmailFrom, SendEmailTo, WebHookUrl, WebHookMethod,
// DeliveryReceiptWebHookUrl, DeliveryReceiptWebHookMethod). What is empty is
// left out.
type number struct {
	Number              string `json:"Number"` // E.164 with "+"
	AccountSid          string `json:"AccountSid"`
	PropertySid         string `json:"PropertySid"`
	Friendly            string `json:"Friendly,omitempty"`
	AddressSid          string `json:"AddressSid,omitempty"`
	AttributionSource   string `json:"Attribution_Source,omitempty"`
	AttributionMedium   string `json:"Attribution_Medium,omitempty"`
	AttributionCampaign string `json:"Attribution_Campaign,omitempty"`
	AttributionContent  string `json:"Attribution_Content,omitempty"`

	RoutingMethod  string `json:"RoutingMethod,omitempty"` // Endpoint, Flow
	EndpointNumber string `json:"EndpointNumber,omitempty"`
	Flow           string `json:"Flow,omitempty"`      // ConfigId
	Recording      string `json:"Recording,omitempty"` // Off, Call

	SendSMSFrom                  string `json:"SendSmsFrom,omitempty"`
	SendSMSTo                    string `json:"SendSmsTo,omitempty"`
	SendEmailFrom                string `json:"SendEmailFrom,omitempty"`
	SendEmailTo                  string `json:"SendEmailTo,omitempty"`
	WebHookURL                   string `json:"WebHookUrl,omitempty"`
	WebHookMethod                string `json:"WebHookMethod,omitempty"` // GET, POST
	DeliveryReceiptWebHookURL    string `json:"DeliveryReceiptWebHookUrl,omitempty"`
	DeliveryReceiptWebHookMethod string `json:"DeliveryReceiptWebHookMethod,omitempty"`

	*numberExtras
}

// numberExtras are what only getting a number shows (fonedynamics: GET
// /Numbers/[Number], response 200, Type, Capabilities, Status).
type numberExtras struct {
	Type         string   `json:"Type,omitempty"`
	Capabilities []string `json:"Capabilities"` // Voice, SMS, MMS
	Status       string   `json:"Status"`       // Active, Pending
}

// fonedynamics: GET /Properties/[PropertySid]/Numbers, response 200, Numbers
// fonedynamics: GET /Accounts/[AccountSid]/Numbers, response 200, Numbers
type numbers struct {
	Numbers []number `json:"Numbers"`
}

// fonedynamics: GET /AvailableNumbers, response 200, Numbers, Numbers.Number,
// Numbers.Type, Numbers.Capabilities, Numbers.CountryCode
type available struct {
	Numbers []offered `json:"Numbers"`
}

type offered struct {
	Number       string   `json:"Number"`
	Type         string   `json:"Type"`
	Capabilities []string `json:"Capabilities"`
	CountryCode  string   `json:"CountryCode"`
}

// fonedynamics: POST /Properties/[PropertySid]/Numbers, response 200, Number, Status
type purchased struct {
	Number string `json:"Number"`
	Status string `json:"Status"` // Active, Pending
}

// fonedynamics: DELETE /Numbers/[Number], response 200, Number
type released struct {
	Number string `json:"Number"`
}

// address is a postal address (fonedynamics: POST /Accounts/[AccountSid]/Addresses,
// response 200, AddressSid, AccountSid, Friendly, Reference, Line1, Line2, City,
// Region, PostalCode, CountryCode, Status; fonedynamics: GET /Addresses/[AddressSid],
// response 200, AddressSid, AccountSid, Friendly, Reference, Line1, Line2, City,
// Region, PostalCode, CountryCode, Status).
type address struct {
	AddressSid  string `json:"AddressSid"`
	AccountSid  string `json:"AccountSid"`
	Friendly    string `json:"Friendly,omitempty"`
	Reference   string `json:"Reference,omitempty"`
	Line1       string `json:"Line1"`
	Line2       string `json:"Line2,omitempty"`
	City        string `json:"City"`
	Region      string `json:"Region,omitempty"`
	PostalCode  string `json:"PostalCode,omitempty"`
	CountryCode string `json:"CountryCode"`
	Status      string `json:"Status"` // Active
}

// fonedynamics: GET /Accounts/[AccountSid]/Addresses, response 200, Addresses
type addresses struct {
	Addresses []address `json:"Addresses"`
}

// fonedynamics: DELETE /Addresses/[AddressSid], response 200, AddressSid
type addressRemoved struct {
	AddressSid string `json:"AddressSid"`
}

// flow is what calls go through (fonedynamics: GET /Properties/[PropertySid]/Flows,
// response 200, Flows, Flows.PropertySid, Flows.ConfigId, Flows.Revision,
// Flows.Name, Flows.Type, Flows.LastUpdated).
type flow struct {
	PropertySid string `json:"PropertySid"`
	ConfigID    string `json:"ConfigId"`
	Revision    string `json:"Revision"`
	Name        string `json:"Name"`
	Type        string `json:"Type"`        // Voice
	LastUpdated int64  `json:"LastUpdated"` // Unix seconds
}

type flows struct {
	Flows []flow `json:"Flows"`
}

// account is who owns everything (fonedynamics: GET /Accounts/[AccountSid],
// response 200, Account, Account.AccountSid, Account.Name).
type account struct {
	Account struct {
		AccountSid string `json:"AccountSid"`
		Name       string `json:"Name,omitempty"`
	} `json:"Account"`
}

// property is a project (fonedynamics: POST /Properties, response 200, Property,
// Property.AccountSid, Property.PropertySid, Property.Name, Property.MainDomain,
// Property.TimeZone, Property.SmsEnabled, Property.CallRecordingEnabled,
// Property.IntegrationsEnabled, Property.Active).
type property struct {
	AccountSid           string `json:"AccountSid"`
	PropertySid          string `json:"PropertySid"`
	Name                 string `json:"Name"`
	MainDomain           string `json:"MainDomain,omitempty"`
	TimeZone             string `json:"TimeZone,omitempty"` // of Windows
	SmsEnabled           bool   `json:"SmsEnabled"`
	CallRecordingEnabled bool   `json:"CallRecordingEnabled"`
	IntegrationsEnabled  bool   `json:"IntegrationsEnabled"`
	Active               bool   `json:"Active"`
}

// fonedynamics: GET /Properties/[PropertySid], response 200, Property
type oneProperty struct {
	Property property `json:"Property"`
}

// fonedynamics: GET /Properties, response 200, Properties
// fonedynamics: GET /Accounts/[AccountSid]/Properties, response 200, Properties
type properties struct {
	Properties []property `json:"Properties"`
}

// onlineLogin is a person who may look at properties (fonedynamics: POST
// /Properties/{PropertySid}/OnlineLogins, response 200, OnlineLogin,
// OnlineLogin.OnlineLoginSid, OnlineLogin.Email, OnlineLogin.Created,
// OnlineLogin.Enabled, OnlineLogin.FirstName, OnlineLogin.LastName,
// OnlineLogin.Permissions, OnlineLogin.Permissions.PropertySid,
// OnlineLogin.Permissions.Scopes).
type onlineLogin struct {
	OnlineLoginSid string       `json:"OnlineLoginSid"`
	Email          string       `json:"Email"`
	Created        int64        `json:"Created"` // Unix seconds
	Enabled        bool         `json:"Enabled"`
	FirstName      string       `json:"FirstName"`
	LastName       string       `json:"LastName"`
	Permissions    []permission `json:"Permissions"`
}

type permission struct {
	PropertySid string `json:"PropertySid"`
	Scopes      string `json:"Scopes"` // with commas between
}

type oneLogin struct {
	OnlineLogin onlineLogin `json:"OnlineLogin"`
}

// onlineLogins is a page of logins; asking for one gives a list of one
// (fonedynamics: GET /OnlineLogins, response 200, OnlineLogins, TotalCount,
// NextPageToken; fonedynamics: GET /OnlineLogins/[OnlineLoginSid], response 200,
// OnlineLogins, TotalCount).
type onlineLogins struct {
	OnlineLogins  []onlineLogin `json:"OnlineLogins"`
	TotalCount    int           `json:"TotalCount"`
	NextPageToken string        `json:"NextPageToken,omitempty"`
}

// calls is a list of calls (fonedynamics: GET /Properties/[PropertySid]/Calls,
// response 200, Calls; fonedynamics: GET /Accounts/[AccountSid]/Calls, response
// 200, Calls).
type calls struct {
	Calls []struct{} `json:"Calls"`
}
