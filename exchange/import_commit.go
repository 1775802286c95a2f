package exchange

import (
	"context"

	"github.com/wirechief/wirechief"
)

// importBatch puts numbers on disk in one commit. What was judged before is
// looked at again where others may have changed it: a number that somebody was
// faster with, or that refers to what has gone since, is refused by itself.
func (x *Exchange) importBatch(ctx context.Context, tenant string, batch []imported) error {
	x.configuring.Lock()
	defer x.configuring.Unlock()
	if x.dir.tenant(tenant) == nil {
		return noTenant("numbers.import")
	}
	joined := make(joining)
	var commands []wirechief.Command
	var of []*imported // the row of each command
	for i := range batch {
		row := &batch[i]
		if err := x.importStill(row, joined); err != nil {
			row.result.Action, row.result.Err = ImportRefused, err
			continue
		}
		if was := row.was; was != nil && over(was, x.Now()) { // nobody has swept yet
			free := step{n: vacant(was, wirechief.NumberAvailable), event: wirechief.NumberIsAvailable, who: row.step.who, message: "the quarantine is over"}
			if was.State == wirechief.NumberReserved {
				free.event, free.message = wirechief.NumberWasFreed, "the reservation has run out"
			}
			row.n.Rev++
			commands, of = append(commands, x.command(free, was)), append(of, row)
		}
		commands, of = append(commands, x.command(row.step, row.was)), append(of, row)
	}
	results, err := x.Store.Apply(ctx, commands...)
	if err != nil {
		return err
	}
	for i, r := range results {
		row := of[i]
		if r.Err != nil {
			row.result.Action, row.result.Err = ImportRefused, importLost(row, r.Err)
			continue
		}
		n := commands[i].(wirechief.PutNumber).Number
		x.took(n)
		if n == row.n { // the last step of the row counts: somebody else may have made the one before
			row.result.Action, row.result.Err = row.action(), nil
		}
	}
	return nil
}

// importStill judges again what may have changed since a row was judged, and
// says which event it is.
func (x *Exchange) importStill(row *imported, joined joining) error {
	if x.dir.number(row.n.Number) != row.was {
		return importLost(row, nil)
	}
	if err := x.judgeReferences(x.refs(), row.old, row.n); err != nil {
		return err
	}
	if err := joined.room(x, row); err != nil {
		return err
	}
	x.settleImport(row)
	switch row.step.event = wirechief.NumberIsActive; {
	case row.old != nil && row.old.State == row.n.State:
		row.step.event = wirechief.NumberWasChanged
	case row.n.State == wirechief.NumberPending:
		row.step.event = wirechief.NumberIsOwed
	}
	return nil
}

func (row *imported) action() string {
	if row.old != nil {
		return ImportUpdate
	}
	return ImportCreate
}

// importLost tells that somebody else was faster.
func importLost(row *imported, err error) error {
	lost := wirechief.Refuse(wirechief.Conflict, wirechief.RuleRevision, "%s was changed meanwhile; import it again", row.n.Number)
	lost.Field, lost.Err = "number", err
	return lost
}
