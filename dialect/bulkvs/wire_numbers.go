package bulkvs

// bulkvs: GET /orderTn, response 200, TN, Rate Center, State, Tier, Per Minute Rate, Mrc, Nrc:
// all of them strings.
type offerRow struct {
	TN            string `json:"TN"` // 11 digits
	RateCenter    string `json:"Rate Center"`
	State         string `json:"State"`
	Tier          string `json:"Tier"`
	PerMinuteRate string `json:"Per Minute Rate"`
	MRC           string `json:"Mrc"` // a month
	NRC           string `json:"Nrc"` // once
}

// bulkvs: POST /orderTn, response 200, TN, Status, Lidb, Portout Pin, ReferenceID,
// Routing, Messaging, TN Details: measured by a client on a purchase.
type ordered struct {
	TN          string           `json:"TN"`
	Status      string           `json:"Status"` // Active or Pending
	LIDB        string           `json:"Lidb"`
	PortoutPIN  string           `json:"Portout Pin"`
	ReferenceID string           `json:"ReferenceID"`
	Routing     orderedRouting   `json:"Routing"`
	Messaging   orderedMessaging `json:"Messaging"`
	Details     tnDetails        `json:"TN Details"`
}

// bulkvs: POST /orderTn, response 200, Routing.Trunk Group, Routing.Custom URI, Routing.Call Forward
type orderedRouting struct {
	TrunkGroup  string  `json:"Trunk Group"`
	CustomURI   *string `json:"Custom URI"`
	CallForward *string `json:"Call Forward"`
}

// bulkvs: POST /orderTn, response 200, Messaging.Sms, Messaging.Mms
type orderedMessaging struct {
	SMS bool `json:"Sms"`
	MMS bool `json:"Mms"`
}

// record is a number on the account (bulkvs: GET /tnRecord, response 200, TN,
// Status, Lidb, Portout Pin, ReferenceID, Routing, Messaging, TN Details;
// bulkvs: POST /tnRecord, response 200).
type record struct {
	TN          string          `json:"TN"`
	Status      string          `json:"Status"`
	LIDB        string          `json:"Lidb"`
	PortoutPIN  string          `json:"Portout Pin"`
	ReferenceID string          `json:"ReferenceID"`
	Routing     recordRouting   `json:"Routing"`
	Messaging   recordMessaging `json:"Messaging"`
	Details     tnDetails       `json:"TN Details"`
}

// bulkvs: GET /tnRecord, response 200, Routing.Trunk Group, Routing.Custom URI,
// Routing.Call Forward, Routing.PSTN Failover
type recordRouting struct {
	orderedRouting
	PSTNFailover *string `json:"PSTN Failover"`
}

// bulkvs: GET /tnRecord, response 200, Messaging.Class, Messaging.Sms,
// Messaging.Mms, Messaging.Webhook, Messaging.Tcr
type recordMessaging struct {
	Class   string `json:"Class"` // A2PLC or A2PTF
	SMS     bool   `json:"Sms"`
	MMS     bool   `json:"Mms"`
	Webhook string `json:"Webhook"`
	TCR     string `json:"Tcr"`
}

// bulkvs: GET /tnRecord, response 200, TN Details.Rate Center, TN Details.State,
// TN Details.Tier, TN Details.Cnam, TN Details.Activation Date; bulkvs: POST /orderTn,
// response 200, TN Details.Rate Center, TN Details.State, TN Details.Tier,
// TN Details.Cnam, TN Details.Activation Date
type tnDetails struct {
	RateCenter     string `json:"Rate Center"`
	State          string `json:"State"`
	Tier           string `json:"Tier"`
	CNAM           bool   `json:"Cnam"`
	ActivationDate string `json:"Activation Date"`
}

// bulkvs: DELETE /tnRecord, response 200, Status, TN
type released struct {
	Status string `json:"Status"` // "Success"
	TN     string `json:"TN"`
}

// bulkvs: GET /exchanges, response 200, Npa, Nxx, Rate Center, State
type exchangeRow struct {
	NPA        string `json:"Npa"`
	NXX        string `json:"Nxx"`
	RateCenter string `json:"Rate Center"`
	State      string `json:"State"`
}

// bulkvs: GET /accountDetail, response 200, Username, Balance Related, Tn Related,
// Service Status, Main Contact, E911 Contact, LNP Contact, Maintenance Contact,
// Billing Contact, Rates
type accountDetail struct {
	Username           string         `json:"Username"`
	Balance            balanceRelated `json:"Balance Related"`
	TN                 tnRelated      `json:"Tn Related"`
	Services           serviceStatus  `json:"Service Status"`
	MainContact        contact        `json:"Main Contact"`
	E911Contact        contact        `json:"E911 Contact"`
	LNPContact         contact        `json:"LNP Contact"`
	MaintenanceContact contact        `json:"Maintenance Contact"`
	BillingContact     contact        `json:"Billing Contact"`
	Rates              rates          `json:"Rates"`
}

type balanceRelated struct {
	Balance   string `json:"Balance"`
	Threshold string `json:"Low Balance Threshold"`
}

type tnRelated struct {
	PortoutPIN string `json:"Portout Pin"`
}

// serviceStatus says Y or N of each.
type serviceStatus struct {
	LRN      string `json:"Lrn"`
	Outbound string `json:"Outbound Termination"`
	Inbound  string `json:"Inbound Origination"`
	E911     string `json:"E911"`
	TollFree string `json:"8YY"`
	SMS      string `json:"Sms"`
	MMS      string `json:"Mms"`
	Invoiced string `json:"Invoiced Billing"`
}

type contact struct {
	Name      string `json:"Name"`
	Email     string `json:"Email"`
	Telephone string `json:"Telephone Number"`
}

type rates struct {
	E911 string `json:"E911"`
	TN   string `json:"Tn"`
	LNP  string `json:"Lnp"`
	CNAM string `json:"Cnam"`
	LIDB string `json:"Lidb"`
}
