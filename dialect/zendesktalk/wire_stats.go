package zendesktalk

// Wire shapes of statistics and exports. Durations are whole seconds.

// zendesktalk: account overview, average_call_duration,
// average_callback_wait_time, average_hold_time, average_queue_wait_time,
// average_time_to_answer, average_wrap_up_time, current_timestamp,
// max_calls_waiting, max_queue_wait_time, total_call_duration,
// total_callback_calls, total_calls, total_calls_abandoned_in_queue,
// total_calls_outside_business_hours, total_calls_with_exceeded_queue_wait_time,
// total_calls_with_requested_voicemail, total_embeddable_callback_calls,
// total_hold_time, total_inbound_calls, total_outbound_calls,
// total_textback_requests, total_voicemails, total_wrap_up_time.
type accountOverview struct {
	AverageCallDuration                 int64 `json:"average_call_duration"`
	AverageCallbackWaitTime             int64 `json:"average_callback_wait_time"`
	AverageHoldTime                     int64 `json:"average_hold_time"`
	AverageQueueWaitTime                int64 `json:"average_queue_wait_time"`
	AverageTimeToAnswer                 int64 `json:"average_time_to_answer"`
	AverageWrapUpTime                   int64 `json:"average_wrap_up_time"`
	CurrentTimestamp                    int64 `json:"current_timestamp"` // Unix
	MaxCallsWaiting                     int64 `json:"max_calls_waiting"`
	MaxQueueWaitTime                    int64 `json:"max_queue_wait_time"`
	TotalCallDuration                   int64 `json:"total_call_duration"`
	TotalCallbackCalls                  int64 `json:"total_callback_calls"`
	TotalCalls                          int64 `json:"total_calls"`
	TotalCallsAbandonedInQueue          int64 `json:"total_calls_abandoned_in_queue"`
	TotalCallsOutsideBusinessHours      int64 `json:"total_calls_outside_business_hours"`
	TotalCallsWithExceededQueueWaitTime int64 `json:"total_calls_with_exceeded_queue_wait_time"`
	TotalCallsWithRequestedVoicemail    int64 `json:"total_calls_with_requested_voicemail"`
	TotalEmbeddableCallbackCalls        int64 `json:"total_embeddable_callback_calls"`
	TotalHoldTime                       int64 `json:"total_hold_time"`
	TotalInboundCalls                   int64 `json:"total_inbound_calls"`
	TotalOutboundCalls                  int64 `json:"total_outbound_calls"`
	TotalTextbackRequests               int64 `json:"total_textback_requests"`
	TotalVoicemails                     int64 `json:"total_voicemails"`
	TotalWrapUpTime                     int64 `json:"total_wrap_up_time"`
}

// zendesktalk: agents overview, average_accepted_transfers,
// average_available_time, average_away_time, average_calls_accepted,
// average_calls_denied, average_calls_missed, average_calls_put_on_hold,
// average_hold_time, average_online_time, average_started_transfers,
// average_talk_time, average_transfers_only_time, average_wrap_up_time,
// current_timestamp, total_accepted_transfers, total_calls_accepted,
// total_calls_denied, total_calls_missed, total_calls_put_on_hold,
// total_hold_time, total_started_transfers, total_talk_time, total_wrap_up_time.
type agentsOverview struct {
	AverageAcceptedTransfers int64 `json:"average_accepted_transfers"`
	AverageAvailableTime     int64 `json:"average_available_time"`
	AverageAwayTime          int64 `json:"average_away_time"`
	AverageCallsAccepted     int64 `json:"average_calls_accepted"`
	AverageCallsDenied       int64 `json:"average_calls_denied"`
	AverageCallsMissed       int64 `json:"average_calls_missed"`
	AverageCallsPutOnHold    int64 `json:"average_calls_put_on_hold"`
	AverageHoldTime          int64 `json:"average_hold_time"`
	AverageOnlineTime        int64 `json:"average_online_time"`
	AverageStartedTransfers  int64 `json:"average_started_transfers"`
	AverageTalkTime          int64 `json:"average_talk_time"`
	AverageTransfersOnlyTime int64 `json:"average_transfers_only_time"`
	AverageWrapUpTime        int64 `json:"average_wrap_up_time"`
	CurrentTimestamp         int64 `json:"current_timestamp"` // Unix
	TotalAcceptedTransfers   int64 `json:"total_accepted_transfers"`
	TotalCallsAccepted       int64 `json:"total_calls_accepted"`
	TotalCallsDenied         int64 `json:"total_calls_denied"`
	TotalCallsMissed         int64 `json:"total_calls_missed"`
	TotalCallsPutOnHold      int64 `json:"total_calls_put_on_hold"`
	TotalHoldTime            int64 `json:"total_hold_time"`
	TotalStartedTransfers    int64 `json:"total_started_transfers"`
	TotalTalkTime            int64 `json:"total_talk_time"`
	TotalWrapUpTime          int64 `json:"total_wrap_up_time"`
}

// zendesktalk: agent activity, accepted_third_party_conferences,
// accepted_transfers, agent_id, agent_state, available_time, avatar_url,
// average_hold_time, average_talk_time, average_wrap_up_time, away_time,
// call_status, calls_accepted, calls_denied, calls_missed, calls_put_on_hold,
// forwarding_number, name, online_time, started_third_party_conferences,
// started_transfers, total_call_duration, total_hold_time, total_talk_time,
// total_wrap_up_time, transfers_only_time, via.
type agentActivity struct {
	AcceptedThirdPartyConferences int64   `json:"accepted_third_party_conferences"`
	AcceptedTransfers             int64   `json:"accepted_transfers"`
	AgentID                       int64   `json:"agent_id"`
	AgentState                    string  `json:"agent_state"`
	AvailableTime                 int64   `json:"available_time"` // online and not in a call
	AvatarURL                     *string `json:"avatar_url"`     // always null
	AverageHoldTime               int64   `json:"average_hold_time"`
	AverageTalkTime               int64   `json:"average_talk_time"`
	AverageWrapUpTime             int64   `json:"average_wrap_up_time"`
	AwayTime                      int64   `json:"away_time"`
	CallStatus                    *string `json:"call_status"`
	CallsAccepted                 int64   `json:"calls_accepted"`
	CallsDenied                   int64   `json:"calls_denied"`
	CallsMissed                   int64   `json:"calls_missed"`
	CallsPutOnHold                int64   `json:"calls_put_on_hold"`
	ForwardingNumber              *string `json:"forwarding_number"`
	Name                          string  `json:"name"`
	OnlineTime                    int64   `json:"online_time"`
	StartedThirdPartyConferences  int64   `json:"started_third_party_conferences"`
	StartedTransfers              int64   `json:"started_transfers"`
	TotalCallDuration             int64   `json:"total_call_duration"`
	TotalHoldTime                 int64   `json:"total_hold_time"`
	TotalTalkTime                 int64   `json:"total_talk_time"`
	TotalWrapUpTime               int64   `json:"total_wrap_up_time"`
	TransfersOnlyTime             int64   `json:"transfers_only_time"`
	Via                           string  `json:"via"`
}

// zendesktalk: current queue activity, agents_online, average_wait_time,
// callbacks_waiting, calls_waiting, embeddable_callbacks_waiting,
// longest_wait_time. All are integers: zenpy takes nothing else.
type queueActivity struct {
	AgentsOnline               int64 `json:"agents_online"`
	AverageWaitTime            int64 `json:"average_wait_time"`
	CallbacksWaiting           int64 `json:"callbacks_waiting"`
	CallsWaiting               int64 `json:"calls_waiting"`
	EmbeddableCallbacksWaiting int64 `json:"embeddable_callbacks_waiting"`
	LongestWaitTime            int64 `json:"longest_wait_time"`
}
