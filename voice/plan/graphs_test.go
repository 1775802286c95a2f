package plan_test

import "github.com/wirechief/wirechief"

// graphs are rows of schedules, flows, IVRs and greetings, and their faults.
func graphs() []row {
	return []row{
		{
			name:   "inside of hours it is as without a schedule",
			number: inService(wirechief.Voice{Schedule: 1, Endpoint: "+13105550101"}),
			want: `
- voice_enabled: calls are switched on
- schedule: open
- flow: none
- ivr: none
+ endpoint: 1 rings
- queue: no groups
- overflow: switched off
+ voicemail: callers can leave a message
- failover: none
> ring +13105550101 for 30s, showing the caller's number
> voicemail inside of hours after the greeting voicemail_en, kept never
> refuse: no_answer
`,
		},
		{
			name:   "outside of hours nobody is rung",
			number: inService(wirechief.Voice{Schedule: 1, Endpoint: "+13105550101", Route: wirechief.RouteEndpoint}, 7),
			at:     "2026-05-18 21:00 UTC",
			want: `
- voice_enabled: calls are switched on
+ schedule: closed
- overflow: switched off
+ voicemail: callers can leave a message
- failover: none
> voicemail outside of hours after the greeting voicemail_en, kept never
> refuse: no_answer
`,
		},
		{
			name:   "on a holiday neither, and the overflow still is",
			number: inService(wirechief.Voice{Schedule: 1, Calls: calls(func(c *wirechief.Calls) { c.Overflow = wirechief.Overflow{Enabled: true, Number: "+13105550108"} })}, 7),
			at:     "2026-05-25 14:00 UTC",
			want: `
- voice_enabled: calls are switched on
+ schedule: holiday
+ overflow: +13105550108
+ voicemail: callers can leave a message
- failover: none
> overflow: ring +13105550108 for 30s, showing the caller's number
> voicemail outside of hours after the greeting voicemail_en, kept never
> refuse: no_answer
`,
		},
		{
			name:   "a voicemail may be for the hours only",
			number: inService(wirechief.Voice{Schedule: 1, Calls: calls(func(c *wirechief.Calls) { c.VoicemailOutsideHours = false })}, 7),
			at:     "2026-05-18 21:00 UTC",
			want: `
- voice_enabled: calls are switched on
+ schedule: closed
- overflow: switched off
- voicemail: switched off outside of hours
- failover: none
> greet with the greeting voicemail_en_voicemail_config
> refuse: no_answer
`,
		},
		{
			name:   "outside of hours no flow is walked",
			number: inService(wirechief.Voice{Schedule: 1, Route: wirechief.RouteFlow, Flow: "main"}),
			at:     "2026-05-18 21:00 UTC",
			want: `
- voice_enabled: calls are switched on
+ schedule: closed
- overflow: switched off
+ voicemail: callers can leave a message
- failover: none
> voicemail outside of hours after the greeting voicemail_en, kept never
> refuse: no_answer
`,
		},
		{
			name:   "a schedule that is gone is a fault",
			number: inService(wirechief.Voice{Schedule: 99, Endpoint: "+13105550101", Failover: "+13105550109"}),
			want: `
- voice_enabled: calls are switched on
+ schedule: there is no schedule 99
+ failover: +13105550109
> failover: ring +13105550109 for 30s, showing the caller's number
> refuse: internal
`,
		},
		{
			name:   "so is one in a zone that is not known",
			number: inService(wirechief.Voice{Schedule: 2, Endpoint: "+13105550101", Failover: "+13105550109"}),
			want: `
- voice_enabled: calls are switched on
+ schedule: schedule 2: "Mars/Olympus" is not a time zone
+ failover: +13105550109
> failover: ring +13105550109 for 30s, showing the caller's number
> refuse: internal
`,
		},
		{
			name:   "a flow takes the call for good",
			number: inService(wirechief.Voice{Route: wirechief.RouteFlow, Flow: "main", Endpoint: "+13105550101", Failover: "+13105550109", IVR: 5}, 7),
			want: `
- voice_enabled: calls are switched on
- schedule: none: always open
+ flow: the route is flow main
+ failover: +13105550109
> walk flow main, revision 3
> failover: ring +13105550109 for 30s, showing the caller's number
> refuse: internal
`,
		},
		{
			name:   "a flow that is gone goes to the failover",
			number: inService(wirechief.Voice{Route: wirechief.RouteFlow, Flow: "gone", Endpoint: "+13105550101", Failover: "+13105550109"}, 7),
			want: `
- voice_enabled: calls are switched on
- schedule: none: always open
+ flow: there is no flow "gone"
+ failover: +13105550109
> failover: ring +13105550109 for 30s, showing the caller's number
> refuse: internal
`,
		},
		{
			name:   "one that is not valid does, too",
			number: inService(wirechief.Voice{Route: wirechief.RouteFlow, Flow: "lost", Failover: "sip:safe@pbx.example"}),
			want: `
- voice_enabled: calls are switched on
- schedule: none: always open
+ flow: flow lost is not valid: node hello: next: there is no node "nowhere"
+ failover: sip:safe@pbx.example
> failover: ring sip:safe@pbx.example for 30s, showing the caller's number
> refuse: internal
`,
		},
		{
			name:   "one that is only a name, and no failover, ends the call as a fault",
			number: inService(wirechief.Voice{Route: wirechief.RouteFlow, Flow: "empty"}),
			want: `
- voice_enabled: calls are switched on
- schedule: none: always open
+ flow: flow empty is not valid: nodes: a flow needs a node
- failover: none
> refuse: internal
`,
		},
		{
			name:   "a flow that is not the route is none",
			number: inService(wirechief.Voice{Route: wirechief.RouteEndpoint, Flow: "main", Endpoint: "+13105550101"}),
			want: `
- voice_enabled: calls are switched on
- schedule: none: always open
- flow: the route is not flow
- ivr: none
+ endpoint: 1 rings
- queue: no groups
- overflow: switched off
+ voicemail: callers can leave a message
- failover: none
> ring +13105550101 for 30s, showing the caller's number
> voicemail inside of hours after the greeting voicemail_en, kept never
> refuse: no_answer
`,
		},
		{
			name:   "an IVR comes before an endpoint",
			number: inService(wirechief.Voice{Route: wirechief.RouteEndpoint, Endpoint: "+13105550101", IVR: 5, Failover: "+13105550109"}, 7),
			want: `
- voice_enabled: calls are switched on
- schedule: none: always open
- flow: none
+ ivr: IVR 5
+ failover: +13105550109
> walk IVR 5
> failover: ring +13105550109 for 30s, showing the caller's number
> refuse: internal
`,
		},
		{
			name:   "an IVR that is gone goes to the failover",
			number: inService(wirechief.Voice{IVR: 99, Failover: "+13105550109"}, 7),
			want: `
- voice_enabled: calls are switched on
- schedule: none: always open
- flow: none
+ ivr: there is no IVR 99
+ failover: +13105550109
> failover: ring +13105550109 for 30s, showing the caller's number
> refuse: internal
`,
		},
		{
			name:   "so does one without a menu",
			number: inService(wirechief.Voice{IVR: 6, Failover: "+13105550109"}, 7),
			want: `
- voice_enabled: calls are switched on
- schedule: none: always open
- flow: none
+ ivr: IVR 6 has no menu
+ failover: +13105550109
> failover: ring +13105550109 for 30s, showing the caller's number
> refuse: internal
`,
		},
		{
			name:   "greetings of one's own come before the bridge, then the consent",
			number: inService(wirechief.Voice{Endpoint: "+13105550101", Greetings: []int64{21, 22, 23, 25}, Recording: wirechief.RecordCall, Consent: wirechief.ConsentOptIn}, 7),
			want: `
- voice_enabled: calls are switched on
- schedule: none: always open
- flow: none
- ivr: none
+ endpoint: 1 rings
+ queue: Sales
- overflow: switched off
+ voicemail: callers can leave a message
- failover: none
> greet with the greeting 22
> ask with the greeting 25; record when the caller agrees
> ring +13105550101 for 30s, showing the caller's number
> queue for Sales (+13105550111 + sip:dan@pbx.example): 5 wait for at most 1m0s, each agent rings for 30s, showing the caller's number
> voicemail inside of hours after the greeting 23, kept never
> refuse: no_answer
`,
		},
		{
			name:   "consent is asked once, before whoever is rung first",
			number: inService(wirechief.Voice{Recording: wirechief.RecordCall, Consent: wirechief.ConsentOptOut, Failover: "+13105550109", Calls: calls(func(c *wirechief.Calls) { c.Overflow = wirechief.Overflow{Enabled: true, Number: "+13105550108"} })}, 9),
			want: `
- voice_enabled: calls are switched on
- schedule: none: always open
- flow: none
- ivr: none
- endpoint: no endpoint, and no forward that is switched on
- queue: nobody is there: Bob is away, Cat has no phone, Eve is there for transfers only, Fay is offline
+ overflow: +13105550108
+ voicemail: callers can leave a message
+ failover: +13105550109
> ask with the greeting call-recording-opt-out_en; record unless the caller objects
> overflow: ring +13105550108 for 30s, showing the caller's number
> voicemail inside of hours after the greeting voicemail_en, kept never
> failover: ring +13105550109 for 30s, showing the caller's number
> refuse: no_answer
`,
		},
		{
			name:   "consent comes before a flow",
			number: inService(wirechief.Voice{Route: wirechief.RouteFlow, Flow: "main", Recording: wirechief.RecordCall, Consent: wirechief.ConsentOptOut}),
			want: `
- voice_enabled: calls are switched on
- schedule: none: always open
+ flow: the route is flow main
- failover: none
> ask with the greeting call-recording-opt-out_en; record unless the caller objects
> walk flow main, revision 3
> refuse: internal
`,
		},
		{
			name:   "but not before one that asks by itself",
			number: inService(wirechief.Voice{Route: wirechief.RouteFlow, Flow: "asks", Recording: wirechief.RecordCall, Consent: wirechief.ConsentOptOut}),
			want: `
- voice_enabled: calls are switched on
- schedule: none: always open
+ flow: the route is flow asks
- failover: none
> walk flow asks, revision 3
> refuse: internal
`,
		},
		{
			name:   "a choice for a case goes before that for the category, and may be silence",
			number: inService(wirechief.Voice{Greetings: []int64{21}, GreetingSettings: map[string]map[string]string{"available": {"voicemail_on": "available_none"}, "voicemail": {"voicemail_on_inside_business_hours": "23"}}}, 7),
			want: `
- voice_enabled: calls are switched on
- schedule: none: always open
- flow: none
- ivr: none
- endpoint: no endpoint, and no forward that is switched on
+ queue: Sales
- overflow: switched off
+ voicemail: callers can leave a message
- failover: none
> queue for Sales (+13105550111 + sip:dan@pbx.example): 5 wait for at most 1m0s, each agent rings for 30s, showing the caller's number
> voicemail inside of hours after the greeting 23, kept never
> refuse: no_answer
`,
		},
		{
			name:   "a greeting that is gone, or has no sound yet, was never chosen",
			number: inService(wirechief.Voice{Greetings: []int64{24, 99}, GreetingSettings: map[string]map[string]string{"available": {"voicemail_on": "98"}}}, 7),
			want: `
- voice_enabled: calls are switched on
- schedule: none: always open
- flow: none
- ivr: none
- endpoint: no endpoint, and no forward that is switched on
+ queue: Sales
- overflow: switched off
+ voicemail: callers can leave a message
- failover: none
> greet with the greeting available_en
> queue for Sales (+13105550111 + sip:dan@pbx.example): 5 wait for at most 1m0s, each agent rings for 30s, showing the caller's number
> voicemail inside of hours after the greeting voicemail_en, kept never
> refuse: no_answer
`,
		},
		{
			name:   "an overflow to itself, or to nowhere, is none",
			number: inService(wirechief.Voice{Failover: "+13105550100", Calls: calls(func(c *wirechief.Calls) { c.Overflow = wirechief.Overflow{Enabled: true, Number: "+13105550100"} })}),
			want: `
- voice_enabled: calls are switched on
- schedule: none: always open
- flow: none
- ivr: none
- endpoint: no endpoint, and no forward that is switched on
- queue: no groups
- overflow: the number would call itself
+ voicemail: callers can leave a message
- failover: the number would call itself
> voicemail inside of hours after the greeting voicemail_en, kept never
> refuse: no_answer
`,
		},
	}
}
