package api

import "github.com/wirechief/wirechief"

func worldMessages() []*wirechief.Message {
	return []*wirechief.Message{
		{
			MessageKey: wirechief.MessageKey{ID: 13}, Tenant: "acme", Ref: ref, Direction: wirechief.Outward,
			From: "+13109060901", To: "+13105550001", Text: "later", Encoding: "GSM-7", Segments: 1,
			Status: wirechief.StatusScheduled, Carrier: "sim", CreatedAt: at("10:02:00"),
			Events: []wirechief.Event{
				{At: at("10:02:00"), Type: wirechief.EventAccepted, Detail: wirechief.Detail{Dialect: "wirechief"}},
				{At: at("10:02:00"), Type: wirechief.EventScheduled, Detail: wirechief.Detail{NextAt: at("20:00:00")}},
				{At: at("10:02:00"), Type: wirechief.EventRouted, Detail: wirechief.Detail{Carrier: "sim", Because: "the number's own carrier"}},
			},
		},
		{
			MessageKey: wirechief.MessageKey{ID: 12}, Tenant: "acme", Ref: ref, Direction: wirechief.Outward,
			From: "+13109060901", To: "+13105550001", Text: "Hi", Encoding: "GSM-7", Segments: 1,
			Status: wirechief.StatusDelivered, Carrier: "sim", CarrierIDs: []string{"s-1"}, CreatedAt: at("10:00:00.000001999"),
			Events: []wirechief.Event{
				{At: at("10:00:00.000001999"), Type: wirechief.EventAccepted, Detail: wirechief.Detail{Dialect: "bulkvs"}},
				{At: at("10:00:00.000001999"), Type: wirechief.EventRouted, Detail: wirechief.Detail{Carrier: "sim", Because: "the number's own carrier"}},
				{At: at("10:00:00.1"), Type: wirechief.EventSubmitted, Detail: wirechief.Detail{Carrier: "sim", CarrierIDs: []string{"s-1"}}},
				{At: at("10:00:01.000000999"), Type: wirechief.EventReceipt, Detail: wirechief.Detail{Carrier: "sim", State: wirechief.ReceiptDelivered, Raw: "id:s-1 stat:DELIVRD", DoneAt: at("10:00:01")}},
				{At: at("10:00:01.000000999"), Type: wirechief.EventDelivered, Detail: wirechief.Detail{Carrier: "sim", State: wirechief.ReceiptDelivered}},
			},
		},
		{
			MessageKey: wirechief.MessageKey{ID: 11}, Tenant: "acme", Ref: ref, Direction: wirechief.Inward,
			From: "+13105550123", To: "+13109060901", Also: []string{"+13105550124"}, Text: "<Look> & see", Segments: 1, MMS: true,
			Media: []wirechief.MediaItem{
				{Token: "t0ken", Type: "image/png", Ext: ".png", Size: 7},
				{Source: "https://carrier.test/2.jpg"},
			},
			Status: wirechief.StatusReceived, Carrier: "sim", CreatedAt: at("09:59:00"),
			Events: []wirechief.Event{{At: at("09:59:00"), Type: wirechief.EventReceived, Detail: wirechief.Detail{Carrier: "sim"}}},
		},
	}
}

func worldDeliveries() []*wirechief.Delivery {
	return []*wirechief.Delivery{
		{
			DeliveryKey: wirechief.DeliveryKey{ID: 22}, Tenant: "acme", Message: 12, Kind: wirechief.KindWebhook,
			Destination: "http://127.0.0.1:2790/dlr", Profile: "bulkvs", Event: "receipt", Method: "POST",
			ContentType: "application/json", Body: []byte(`{"From":"13109060901"}`),
			// The event that caused it has nanoseconds; deliveries have not.
			Status: wirechief.DeliveryDelivered, CreatedAt: at("10:00:01"),
			Attempts: []wirechief.Attempt{
				{
					N: 1, At: at("10:00:01.1"), Class: "5xx", StatusCode: 500, DurationMS: 12.5, Peer: "127.0.0.1:2790",
					Timing: &wirechief.Timing{Connect: 1, FirstByte: 12}, Request: "POST /dlr HTTP/1.1", Header: map[string]string{"Server": "x"},
					Body: "sorry", NextAt: at("10:00:06.1"),
				},
				{N: 2, At: at("10:00:06.1"), Class: "2xx", StatusCode: 200, DurationMS: 3, Peer: "127.0.0.1:2790"},
			},
		},
		{
			DeliveryKey: wirechief.DeliveryKey{ID: 21}, Tenant: "acme", Message: 11, Kind: wirechief.KindWebhook,
			Destination: "http://127.0.0.1:2790/dlr", Profile: "bulkvs", Event: "inbound", Method: "POST",
			ContentType: "application/json", Body: []byte(`{"Message":"Look"}`),
			Status: wirechief.DeliveryPending, CreatedAt: at("09:59:00"), NextAt: at("09:59:35"), Tries: 1,
			Attempts: []wirechief.Attempt{
				{N: 1, At: at("09:59:05"), Class: "unreachable", Error: "connection refused", DurationMS: 1, NextAt: at("09:59:35")},
			},
		},
	}
}
