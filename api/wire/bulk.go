package wire

import "time"

// BulkDraft asks for a draft of one text to many.
type BulkDraft struct {
	Name     string    `json:"name,omitempty" maxLength:"255" doc:"For people; default: the beginning of the text"`
	From     string    `json:"from" maxLength:"64" doc:"A number of yours, in international form" example:"+13109060901"`
	Text     string    `json:"text" maxLength:"10000" doc:"{{column}} stands for the cell of the row" example:"Hi {{name}}, your parcel is here."`
	CSV      string    `json:"csv" doc:"The table: a heading row, and up to 100,000 rows; at most 20 MB" example:"to,name\n+13105551212,Ann\n"`
	At       time.Time `json:"at,omitzero" doc:"Not before, once it is started"`
	Rate     float64   `json:"rate,omitempty" minimum:"0" maximum:"10000" doc:"Texts a second at most; 0: as fast as they are accepted"`
	Validity string    `json:"validity,omitempty" maxLength:"32" doc:"How long each may wait for a carrier, as a duration; empty: the usual" example:"4h"`
}

// BulkPreview shows what would come of a draft. The rows in full are listed by
// themselves.
type BulkPreview struct {
	Bulk     BulkSend  `json:"bulk"`
	Sample   []BulkRow `json:"sample" nullable:"false" doc:"The first 10 that can be sent"`
	Problems []BulkRow `json:"problems" nullable:"false" doc:"The first 1000 that are bad or would be refused now"`
}

// BulkSend is one text to many, and how far it has come.
type BulkSend struct {
	ID        int64      `json:"id"`
	Tenant    string     `json:"tenant"`
	Name      string     `json:"name"`
	From      string     `json:"from"`
	Text      string     `json:"text"`
	State     string     `json:"state" enum:"draft,running,paused,done,canceled"`
	Because   string     `json:"because" doc:"Why it is paused when nobody paused it"`
	At        *time.Time `json:"at"`
	Rate      float64    `json:"rate"`
	Validity  string     `json:"validity"`
	By        string     `json:"by" doc:"Who made it"`
	CreatedAt time.Time  `json:"created_at"`
	StartedAt *time.Time `json:"started_at"`
	EndedAt   *time.Time `json:"ended_at"`

	Rows       int    `json:"rows"`
	Bad        int    `json:"bad" doc:"Cannot be sent"`
	Suppressed int    `json:"suppressed" doc:"Do not want it, as of the preview; among those left"`
	Segments   int    `json:"segments" doc:"In all, of those that can be sent"`
	Cost       string `json:"cost" doc:"In all, of those that can be sent" example:"12.50"`
	Unicode    int    `json:"unicode" doc:"Texts that need UCS-2"`
	Character  string `json:"character" doc:"The first that makes one need it"`
	Sent       int    `json:"sent"`
	Refused    int    `json:"refused" doc:"By a rule, when their turn came"`
	Left       int    `json:"left" doc:"Neither bad nor done with"`
}

// BulkRow is one recipient of a bulk send.
type BulkRow struct {
	Row       int    `json:"row" doc:"Of the table, from 1, the heading not counted"`
	To        string `json:"to"`
	Text      string `json:"text" doc:"Filled in"`
	Encoding  string `json:"encoding" enum:",GSM-7,UCS-2"`
	Character string `json:"character" doc:"The first that makes it UCS-2"`
	Segments  int    `json:"segments"`
	State     string `json:"state" enum:"ready,bad,sent,refused"`
	Error     string `json:"error" doc:"What is wrong, or why it was refused; of a row that is ready, why it would be now"`
	Message   int64  `json:"message" doc:"Id of its message, 0: none"`
}
