package wire

import "time"

// MergePatch is a change of the settings of a number (RFC 7396): members of
// [Patch] by name, as {"name": "Front desk", "voice": {"failover": null}}. What
// is absent stays, null sets back to the default, lists are replaced.
type MergePatch map[string]any

// Offer is a number that can be bought, and on what terms.
type Offer struct {
	Number       string   `json:"number" example:"+15105550100"`
	Type         string   `json:"type" enum:",local,toll-free,mobile,national,shared-rate"`
	Country      string   `json:"country" example:"US"`
	Location     string   `json:"location" doc:"State or town" example:"CA"`
	Capabilities []string `json:"capabilities" nullable:"false" enum:"voice,sms,mms,fax"`
	Price        string   `json:"price" doc:"A month" example:"1.00"`
	Address      string   `json:"address" enum:",none,any,local,foreign" doc:"Which address the buyer has to show"`
	Carrier      string   `json:"carrier"`
	Token        string   `json:"token" doc:"Stands for the number in an order; holds nothing"`
}

// Offers is a page of what a search found.
type Offers struct {
	Offers []Offer `json:"offers" nullable:"false"`
	More   bool    `json:"more" doc:"There are more after these"`
}

// Reserve asks to hold numbers: all of them or none.
type Reserve struct {
	Numbers []string `json:"numbers" minItems:"1" maxItems:"100" nullable:"false" example:"[\"+15105550100\"]"`
}

// Reservation holds numbers for a tenant.
type Reservation struct {
	Token   string    `json:"token" doc:"For extending, giving up and ordering"`
	Tenant  string    `json:"tenant"`
	Numbers []string  `json:"numbers" nullable:"false"`
	Until   time.Time `json:"until"`
}

// Order asks to buy a number. One of number and token is needed.
type Order struct {
	Number   string     `json:"number,omitempty" example:"+15105550100" doc:"With the token of a reservation, one of its numbers"`
	Token    string     `json:"token,omitempty" maxLength:"64" doc:"Of a reservation or an offer"`
	Address  int64      `json:"address,omitempty" minimum:"0" doc:"Id of the address to show; 0: the first of yours that fits, where one is needed"`
	Property string     `json:"property,omitempty" maxLength:"64" doc:"Empty: your first"`
	MayOwe   bool       `json:"may_owe,omitempty" doc:"Without a fitting address the number is pending until it has one; else the order is refused"`
	Settings MergePatch `json:"settings,omitempty" doc:"Applied at once, as a merge patch"`
}

// Bulk asks to change many numbers alike: those named, or those selected.
type Bulk struct {
	Numbers []string   `json:"numbers,omitempty" maxItems:"10000" nullable:"false"`
	Filter  *Filter    `json:"filter,omitempty" doc:"Those that it selects; an empty one selects all"`
	Patch   MergePatch `json:"patch" doc:"A merge patch of the settings, the same for each"`
}

// Filter selects numbers on the account. What is empty is not asked about.
type Filter struct {
	Types        []string `json:"types,omitempty" nullable:"false" enum:"local,toll-free,mobile,national,shared-rate"`
	Capabilities []string `json:"capabilities,omitempty" nullable:"false" enum:"voice,sms,mms,fax" doc:"All of them"`
	Property     string   `json:"property,omitempty"`
	Campaign     string   `json:"campaign,omitempty"`
	Webhook      string   `json:"webhook,omitempty"`
	Tag          string   `json:"tag,omitempty"`
	Text         string   `json:"text,omitempty" doc:"In number, name, tags, notes or reference, any case"`
}

// BulkResult says what became of each number.
type BulkResult struct {
	Changed int          `json:"changed"`
	Refused int          `json:"refused"`
	Numbers []BulkNumber `json:"numbers" nullable:"false"`
}

// BulkNumber is what became of one number.
type BulkNumber struct {
	Number  string   `json:"number"`
	Result  string   `json:"result" enum:"changed,unchanged,refused"`
	Problem *Problem `json:"problem,omitempty" doc:"Why it was refused"`
}

// Imported says what became of each row of a file of numbers.
type Imported struct {
	DryRun    bool          `json:"dry_run"`
	Applied   bool          `json:"applied" doc:"The good rows were applied; false when a bad one kept them from it"`
	Created   int           `json:"created"`
	Updated   int           `json:"updated"`
	Unchanged int           `json:"unchanged"`
	Refused   int           `json:"refused"`
	Rows      []ImportedRow `json:"rows" nullable:"false"`
}

// ImportedRow is what became of one row, or would.
type ImportedRow struct {
	Line   int    `json:"line" doc:"Of the file, from 1"`
	Number string `json:"number"`
	Result string `json:"result" enum:"create,update,unchanged,refused"`
	Column string `json:"column,omitempty" doc:"At fault"`
	Rule   string `json:"rule,omitempty"`
	Detail string `json:"detail,omitempty" doc:"What is wrong, or what changes"`
}
