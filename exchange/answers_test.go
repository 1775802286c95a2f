package exchange_test

import (
	"strings"
	"testing"
)

// What is answered to the words: only when the tenant wants it, once, and not
// what the network answers itself.
func TestAnswersToTheWords(t *testing.T) {
	const (
		stop  = "Acme: You have opted out"
		start = "Acme: You will get messages"
		help  = "Acme: Text STOP"
	)
	for _, tt := range []struct {
		name, number string
		before       []string
		text         string
		word         bool
		answer       string // its beginning
	}{
		{"a text", desk, nil, "Is it ready?", false, ""},
		{"a word and more", desk, nil, "STOP 12345", false, ""},
		{"stop", desk, nil, "Stop.", true, stop},
		{"stop again", desk, []string{"STOP"}, "STOP", true, ""},
		{"stop in Spanish", desk, nil, "Alto", true, "Acme: Baja confirmada"},
		{"stop after start", desk, []string{"STOP", "START"}, "STOP", true, stop},
		{"start", desk, []string{"STOP"}, "START", true, start},
		{"start of who is not out", desk, nil, "START", true, ""},
		{"yes", desk, []string{"STOP"}, "yes", true, start},
		{"yes of who is not out", desk, nil, "YES", false, ""},
		{"help", desk, nil, "help", true, help},
		{"help for who is out", desk, []string{"STOP"}, "HELP", true, help},
		{"toll-free stop", tollFree, nil, "STOP", true, ""},
		{"toll-free quit", tollFree, nil, "QUIT", true, stop}, // the network does not know it
		{"toll-free unstop", tollFree, []string{"STOP"}, "UNSTOP", true, ""},
		{"toll-free yes", tollFree, []string{"STOP"}, "YES", false, ""},
		{"toll-free help", tollFree, nil, "HELP", true, help},
		{"abroad", "+447700900100", nil, "ALTO", false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			if word, answer := w.WordAnswer(tt.number, handset, tt.text); answer != "" || word != tt.word && len(tt.before) == 0 {
				t.Fatalf("%t %q without having been asked to answer", word, answer)
			}
			w.apply(`tenants: [{id: acme, name: Acme, opt_out: {replies: true}}]`)
			for _, s := range tt.before {
				w.inboundTo(tt.number, handset, s)
			}
			word, answer := w.WordAnswer(tt.number, handset, tt.text)
			if word != tt.word || !strings.HasPrefix(answer, tt.answer) || (answer == "") != (tt.answer == "") {
				t.Errorf("%t %q, want %t %q", word, answer, tt.word, tt.answer)
			}
		})
	}
}
