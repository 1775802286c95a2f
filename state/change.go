package state

// Change is one thing that applying a file changed, or would change.
type Change struct {
	Action string `json:"action" enum:"create,update,delete"`
	Kind   string `json:"kind" doc:"Kind of thing, as tenant, credential, webhook, number" example:"number"`
	Tenant string `json:"tenant,omitempty"`
	Key    string `json:"key" doc:"What identifies it" example:"+13109060901"`
	Detail string `json:"detail,omitempty" doc:"What about it, without secrets"`
}
