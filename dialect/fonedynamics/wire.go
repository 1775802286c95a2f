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
