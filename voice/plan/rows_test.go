package plan_test

import "github.com/wirechief/wirechief"

// with changes a number.
func with(n *wirechief.Number, change func(n *wirechief.Number)) *wirechief.Number {
	change(n)
	return n
}

// row is settings and a time, and what becomes of a call. Without a time it is
// a Monday, at 10 in New York.
type row struct {
	name   string
	number *wirechief.Number
	at     string
	want   string
}

func rows(forwards []wirechief.VoiceForward) []row {
	return []row{
		{
			name:   "a number that is on offer is nobody's",
			number: with(inService(wirechief.Voice{}), func(n *wirechief.Number) { n.State = wirechief.NumberAvailable }),
			want: `
+ voice_enabled: the number is not in service: available
> refuse: unknown
`,
		},
		{
			name:   "one that cannot have calls refuses them",
			number: with(inService(wirechief.Voice{}), func(n *wirechief.Number) { n.Capabilities.Voice = false }),
			want: `
+ voice_enabled: the number cannot have calls
> refuse: voice_off
`,
		},
		{
			name:   "one whose calls are switched off refuses them, whatever else is set",
			number: with(inService(wirechief.Voice{Endpoint: "+13105550101", Failover: "+13105550109"}, 7), func(n *wirechief.Number) { n.Enabled.Voice = false }),
			want: `
+ voice_enabled: calls are switched off
> refuse: voice_off
`,
		},
		{
			name:   "one that says nothing else takes a message",
			number: inService(wirechief.Voice{}),
			want: `
- voice_enabled: calls are switched on
- schedule: none: always open
- flow: none
- ivr: none
- endpoint: no endpoint, and no forward that is switched on
- queue: no groups
- overflow: switched off
+ voicemail: callers can leave a message
- failover: none
> voicemail inside of hours after the greeting voicemail_en, kept never
> refuse: no_answer
`,
		},
		{
			name:   "an endpoint is rung, then there is the voicemail",
			number: inService(wirechief.Voice{Route: wirechief.RouteEndpoint, Endpoint: "+13105550101"}),
			want: `
- voice_enabled: calls are switched on
- schedule: none: always open
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
			name:   "an endpoint and the forwards that are switched on ring together",
			number: inService(wirechief.Voice{Endpoint: "+13105550101", Forwards: forwards}),
			want: `
- voice_enabled: calls are switched on
- schedule: none: always open
- flow: none
- ivr: none
+ endpoint: 3 ring together
- queue: no groups
- overflow: switched off
+ voicemail: callers can leave a message
- failover: none
> ring +13105550101 + +13105550102 (texted) + sip:desk@pbx.example for 30s, showing the caller's number
> voicemail inside of hours after the greeting voicemail_en, kept never
> refuse: no_answer
`,
		},
		{
			name:   "one that rings twice rings once, and the number never rings itself",
			number: inService(wirechief.Voice{Endpoint: "+13105550102", Forwards: append(forwards, wirechief.VoiceForward{Destination: "+13105550100", Enabled: true})}),
			want: `
- voice_enabled: calls are switched on
- schedule: none: always open
- flow: none
- ivr: none
+ endpoint: 2 ring together
- queue: no groups
- overflow: switched off
+ voicemail: callers can leave a message
- failover: none
> ring +13105550102 (texted) + sip:desk@pbx.example for 30s, showing the caller's number
> voicemail inside of hours after the greeting voicemail_en, kept never
> refuse: no_answer
`,
		},
		{
			name:   "those rung see the number that was called when it says so, and ring for as long as it says",
			number: inService(wirechief.Voice{Endpoint: "+13105550101", Calls: calls(func(c *wirechief.Calls) { c.ForwardingCallerID, c.OfferingSeconds = "zendesk_number", 45 })}),
			want: `
- voice_enabled: calls are switched on
- schedule: none: always open
- flow: none
- ivr: none
+ endpoint: 1 rings
- queue: no groups
- overflow: switched off
+ voicemail: callers can leave a message
- failover: none
> ring +13105550101 for 45s, showing the called number
> voicemail inside of hours after the greeting voicemail_en, kept never
> refuse: no_answer
`,
		},
		{
			name:   "nobody is rung who would see a number under which no calls may go out",
			number: inService(wirechief.Voice{Endpoint: "+13105550101", Failover: "+13105550109", Calls: calls(func(c *wirechief.Calls) { c.ForwardingCallerID, c.Outbound = "zendesk_number", false })}, 7),
			want: `
- voice_enabled: calls are switched on
- schedule: none: always open
- flow: none
- ivr: none
- endpoint: calls may not go out under this number, and whoever is rung would see it
- queue: calls may not go out under this number, and whoever is rung would see it
- overflow: switched off
+ voicemail: callers can leave a message
- failover: calls may not go out under this number, and whoever is rung would see it
> voicemail inside of hours after the greeting voicemail_en, kept never
> refuse: no_answer
`,
		},
		{
			name:   "calls that may not go out are no matter where the caller's number is shown",
			number: inService(wirechief.Voice{Endpoint: "+13105550101", Calls: calls(func(c *wirechief.Calls) { c.Outbound = false })}),
			want: `
- voice_enabled: calls are switched on
- schedule: none: always open
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
			name:   "groups answer in order, who is there and has a phone, each in one place",
			number: inService(wirechief.Voice{}, 7, 8),
			want: `
- voice_enabled: calls are switched on
- schedule: none: always open
- flow: none
- ivr: none
- endpoint: no endpoint, and no forward that is switched on
+ queue: Sales, then group 8
- overflow: switched off
+ voicemail: callers can leave a message
- failover: none
> greet with the greeting available_en
> queue for Sales (+13105550111 + sip:dan@pbx.example), then group 8 (+13105550117): 5 wait for at most 1m0s, each agent rings for 30s, showing the caller's number
> voicemail inside of hours after the greeting voicemail_en, kept never
> refuse: no_answer
`,
		},
		{
			name:   "the default group answers when no others are named",
			number: with(inService(wirechief.Voice{}), func(n *wirechief.Number) { n.DefaultGroup = 7 }),
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
			name:   "an endpoint comes before the groups, the overflow after, the failover last",
			number: inService(wirechief.Voice{Endpoint: "+13105550101", Failover: "+13105550109", Calls: calls(func(c *wirechief.Calls) { c.Overflow = wirechief.Overflow{Enabled: true, Number: "+13105550108"} })}, 7),
			want: `
- voice_enabled: calls are switched on
- schedule: none: always open
- flow: none
- ivr: none
+ endpoint: 1 rings
+ queue: Sales
+ overflow: +13105550108
+ voicemail: callers can leave a message
+ failover: +13105550109
> ring +13105550101 for 30s, showing the caller's number
> queue for Sales (+13105550111 + sip:dan@pbx.example): 5 wait for at most 1m0s, each agent rings for 30s, showing the caller's number
> overflow: ring +13105550108 for 30s, showing the caller's number
> voicemail inside of hours after the greeting voicemail_en, kept never
> failover: ring +13105550109 for 30s, showing the caller's number
> refuse: no_answer
`,
		},
		{
			name:   "with nobody there the call overflows at once",
			number: inService(wirechief.Voice{Calls: calls(func(c *wirechief.Calls) { c.Overflow = wirechief.Overflow{Enabled: true, Number: "+13105550108"} })}, 9, 10, 99),
			want: `
- voice_enabled: calls are switched on
- schedule: none: always open
- flow: none
- ivr: none
- endpoint: no endpoint, and no forward that is switched on
- queue: nobody is there: Bob is away, Cat has no phone, Eve is there for transfers only, Fay is offline, Nobody is empty, there is no group 99
+ overflow: +13105550108
+ voicemail: callers can leave a message
- failover: none
> overflow: ring +13105550108 for 30s, showing the caller's number
> voicemail inside of hours after the greeting voicemail_en, kept never
> refuse: no_answer
`,
		},
		{
			name:   "with nobody there, and no voicemail, callers are told so",
			number: inService(wirechief.Voice{Calls: calls(func(c *wirechief.Calls) { c.Voicemail = false })}, 9),
			want: `
- voice_enabled: calls are switched on
- schedule: none: always open
- flow: none
- ivr: none
- endpoint: no endpoint, and no forward that is switched on
- queue: nobody is there: Bob is away, Cat has no phone, Eve is there for transfers only, Fay is offline
- overflow: switched off
- voicemail: switched off
- failover: none
> greet with the greeting voicemail_en_voicemail_config
> refuse: no_answer
`,
		},
		{
			name:   "nothing is said of voicemail to those who are passed on",
			number: inService(wirechief.Voice{Failover: "+13105550109", Calls: calls(func(c *wirechief.Calls) { c.Voicemail = false })}, 9),
			want: `
- voice_enabled: calls are switched on
- schedule: none: always open
- flow: none
- ivr: none
- endpoint: no endpoint, and no forward that is switched on
- queue: nobody is there: Bob is away, Cat has no phone, Eve is there for transfers only, Fay is offline
- overflow: switched off
- voicemail: switched off
+ failover: +13105550109
> failover: ring +13105550109 for 30s, showing the caller's number
> refuse: no_answer
`,
		},
	}
}
