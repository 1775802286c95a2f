package api

import (
	"context"
	"net/http"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
)

// deliveries adds the operations on deliveries and their destinations.
func (a *api) deliveries() {
	register(a, a.op(scopeRead, "list-deliveries", http.MethodGet, "/deliveries", "List deliveries, newest first"), a.listDeliveries)
	register(a, a.op(scopeRead, "get-delivery", http.MethodGet, "/deliveries/{id}", "Show a delivery with what was sent and answered"), a.getDelivery)
	register(a, a.op(scopeManage, "replay-deliveries", http.MethodPost, "/deliveries/replay", "Try deliveries again, with a fresh schedule",
		about("Those named by ids or, without ids, all that have the other properties.")), a.replay)
	register(a, a.op(scopeManage, "pause-destination", http.MethodPut, "/destinations", "Pause a destination, or resume it",
		about("What there is to tell a paused destination is kept.")), a.pauseDestination)
}

type deliveriesInput struct {
	Tenant      string `query:"tenant" maxLength:"63" doc:"For the operator, who else sees those of all tenants"`
	Message     int64  `query:"message" minimum:"1" maximum:"9007199254740991" doc:"Id of the message that they are about"`
	Status      string `query:"status" enum:"pending,delivered,exhausted,paused,canceled"`
	Kind        string `query:"kind" enum:"webhook,http,email,sms,console"`
	Destination string `query:"destination" maxLength:"4096"`
	Before      int64  `query:"before" minimum:"1" maximum:"9007199254740991" doc:"Ids below it"`
	Limit       int    `query:"limit" minimum:"1" maximum:"1000" default:"50"`
}

type deliveriesOutput struct {
	Body []wire.Delivery `nullable:"false"`
}

func (a *api) listDeliveries(ctx context.Context, in *deliveriesInput) (*deliveriesOutput, error) {
	p := who(ctx)
	tenant, err := tenantOf(p, in.Tenant)
	if err != nil {
		return nil, err
	}
	if err := readQuery("destination", in.Destination); err != nil {
		return nil, err
	}
	list, err := a.Core.Deliveries(ctx, p, wirechief.DeliveryFilter{
		Tenant: tenant, Message: in.Message, Status: wirechief.DeliveryStatus(in.Status), Kind: wirechief.DeliveryKind(in.Kind),
		Destination: in.Destination, Before: in.Before, Limit: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	out := &deliveriesOutput{make([]wire.Delivery, len(list))}
	for i, d := range list {
		out.Body[i] = newDelivery(d)
	}
	return out, nil
}

type deliveryOutput struct{ Body wire.DeliveryDetail }

func (a *api) getDelivery(ctx context.Context, in *messageID) (*deliveryOutput, error) {
	d, err := a.Core.Delivery(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &deliveryOutput{newDeliveryDetail(d)}, nil
}

type replayInput struct{ Body wire.Replay }

type replayOutput struct{ Body wire.Replayed }

func (a *api) replay(ctx context.Context, in *replayInput) (*replayOutput, error) {
	p, b := who(ctx), &in.Body
	tenant, err := tenantOf(p, b.Tenant)
	if err != nil {
		return nil, err
	}
	if len(b.IDs) > 0 && (b.Message != 0 || b.Status != "" || b.Kind != "" || b.Destination != "" || b.Tenant != "") {
		return nil, wirechief.InvalidField("ids", "deliveries are named either by ids or by other properties, not by both")
	}
	n, err := a.Core.Replay(ctx, p, b.IDs, wirechief.DeliveryFilter{
		Tenant: tenant, Message: b.Message, Status: wirechief.DeliveryStatus(b.Status),
		Kind: wirechief.DeliveryKind(b.Kind), Destination: b.Destination,
	})
	if err != nil {
		return nil, err
	}
	return &replayOutput{wire.Replayed{Replayed: n}}, nil
}

type destinationInput struct{ Body wire.Destination }

type destinationOutput struct{ Body wire.Destination }

func (a *api) pauseDestination(ctx context.Context, in *destinationInput) (*destinationOutput, error) {
	p, b := who(ctx), in.Body
	var err error
	if b.Tenant, err = oneTenant(p, b.Tenant); err != nil {
		return nil, err
	}
	lane := wirechief.Lane{Tenant: b.Tenant, Kind: wirechief.DeliveryKind(b.Kind), Destination: b.Destination}
	if err := a.Core.PauseDestination(ctx, p, lane, b.Paused); err != nil {
		return nil, err
	}
	return &destinationOutput{b}, nil
}
