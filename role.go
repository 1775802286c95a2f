package wirechief

import "slices"

// Role is what a person may do with a tenant.
type Role string

// The roles, from most to least.
const (
	RoleOwner  Role = "owner"  // everything, owners included
	RoleAdmin  Role = "admin"  // everything but owners
	RoleAgent  Role = "agent"  // reads and writes texts, keeps contacts
	RoleViewer Role = "viewer" // looks, changes nothing
	RoleAPI    Role = "api"    // a program: may not sign in
)

// Roles lists the roles, from most to least.
func Roles() []Role { return []Role{RoleOwner, RoleAdmin, RoleAgent, RoleViewer, RoleAPI} }

// Right is one thing that a role may allow.
type Right string

// The rights.
const (
	RightRead     Right = "read"     // see numbers, messages, contacts, reports
	RightReply    Right = "reply"    // send; assign, label, archive, note, block; contacts and templates
	RightExport   Right = "export"   // take conversations and lists out of the house
	RightNumbers  Right = "numbers"  // configure numbers, webhooks, campaigns; buy and release; replay, pause
	RightBulk     Right = "bulk"     // send to many from a file
	RightSettings Right = "settings" // retention, quiet hours, opt-out, suppression list
	RightTeam     Right = "team"     // invite, change and remove people other than owners
	RightOwners   Right = "owners"   // make and remove owners
	RightKeys     Right = "keys"     // make and revoke API keys
	RightAudit    Right = "audit"    // read the audit log
)

var rights = map[Role][]Right{
	RoleOwner: {
		RightRead, RightReply, RightExport, RightNumbers, RightBulk, RightSettings, RightTeam, RightOwners, RightKeys, RightAudit,
	},
	RoleAdmin: {
		RightRead, RightReply, RightExport, RightNumbers, RightBulk, RightSettings, RightTeam, RightKeys, RightAudit,
	},
	RoleAgent:  {RightRead, RightReply},
	RoleViewer: {RightRead},
}

// May says whether the role has the right.
func (r Role) May(right Right) bool { return slices.Contains(rights[r], right) }
