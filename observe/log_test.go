package observe_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/observe"
)

// logged gives what a log of the level and format writes.
func logged(level slog.Level, format string, write func(*slog.Logger)) string {
	var b bytes.Buffer
	write(observe.NewLog(&b, level, format))
	return b.String()
}

// person is a value that prints itself.
type person struct{ number string }

func (p person) LogValue() slog.Value { return slog.StringValue("person at " + p.number) }

func TestLogMasks(t *testing.T) {
	const number, masked = "+13109060901", "+1310***0901"
	for _, tt := range []struct {
		name  string
		write func(*slog.Logger)
		want  string // in the line; number and text never are
	}{
		{"an attribute", func(l *slog.Logger) { l.Info("sent", "number", number) }, masked},
		{"the message", func(l *slog.Logger) { l.Info("no route to " + number) }, masked},
		{"a long number", func(l *slog.Logger) { l.Info("sent", "number", "+442071838750") }, "+4420****8750"},
		{"a short number", func(l *slog.Logger) { l.Info("sent", "number", "+3905012") }, "+39*****"},
		{"as BulkVS and SMPP write it", func(l *slog.Logger) { l.Info("sent", "to", "13109060901") }, "1310***0901"},
		{"several in one", func(l *slog.Logger) { l.Info("sent", "route", number+" to +13105551212") }, masked + " to +1310***1212"},
		{"an error", func(l *slog.Logger) { l.Info("refused", "error", fmt.Errorf("%s is not ours", number)) }, masked + " is not ours"},
		{
			"an error of ours with its cause",
			func(l *slog.Logger) {
				l.Info("refused", "error", &wirechief.Error{Op: "send", Message: "no route", Err: errors.New("to " + number)})
			},
			"send: no route: to " + masked,
		},
		{"a group", func(l *slog.Logger) { l.Info("sent", slog.Group("message", "to", number, "text", "Hi Ann")) }, masked},
		{"a group in a group", func(l *slog.Logger) { l.Info("sent", slog.Group("a", slog.Group("b", "to", number))) }, masked},
		{"a logger's own attribute", func(l *slog.Logger) { l.With("number", number).Info("sent") }, masked},
		{"a logger's own group", func(l *slog.Logger) { l.WithGroup("message").Info("sent", "to", number) }, masked},
		{"a logger's own text", func(l *slog.Logger) { l.With("text", "Hi Ann").Info("sent") }, "<hidden>"},
		{"a value that prints itself", func(l *slog.Logger) { l.Info("seen", "who", person{number}) }, "person at " + masked},
		{"a text", func(l *slog.Logger) { l.Info("sent", "text", "Hi Ann") }, "<hidden>"},
		{"a body", func(l *slog.Logger) { l.Info("posted", "body", []byte("Hi Ann")) }, "<hidden>"},
		{"a secret", func(l *slog.Logger) { l.Info("bound", "password", wirechief.Secret("Hi Ann")) }, "<hidden>"},
	} {
		for _, format := range []string{"text", "json"} {
			t.Run(tt.name+" as "+format, func(t *testing.T) {
				line := logged(slog.LevelInfo, format, tt.write)
				if !strings.Contains(line, tt.want) {
					t.Errorf("%s lacks %s", line, tt.want)
				}
				for _, secret := range []string{number, "3109060901", "442071838750", "Hi Ann"} {
					if strings.Contains(line, secret) {
						t.Errorf("%s shows %s", line, secret)
					}
				}
			})
		}
	}
}

// What is not a number stays as it is: ids, times, counts, short codes.
func TestLogLeavesTheRest(t *testing.T) {
	line := logged(slog.LevelInfo, "text", func(l *slog.Logger) {
		l.Info("sent", "message", int64(8123456789012345), "carrier", "main", "code", "78701", "tenant", "acme", "ref", "5a66dee6-ff7a-40ee-8218-5805c074dc01")
	})
	for _, want := range []string{
		`msg=sent`, `message=8123456789012345`, `carrier=main`, `code=78701`, `tenant=acme`, `ref=5a66dee6-ff7a-40ee-8218-5805c074dc01`,
	} {
		if !strings.Contains(line, want) {
			t.Errorf("%s lacks %s", line, want)
		}
	}
}

// At debug the operator has asked to see it.
func TestLogShowsAtDebug(t *testing.T) {
	line := logged(slog.LevelDebug, "text", func(l *slog.Logger) {
		l.Debug("sent", "number", "+13109060901", "text", "Hi Ann", "password", wirechief.Secret("hunter2"))
	})
	if !strings.Contains(line, "+13109060901") || !strings.Contains(line, "Hi Ann") {
		t.Errorf("%s hides what was asked for", line)
	}
	if strings.Contains(line, "hunter2") {
		t.Errorf("%s shows a password", line)
	}
}

func TestLogLevels(t *testing.T) {
	for _, tt := range []struct {
		level slog.Level
		want  string
	}{
		{slog.LevelInfo, "info warn error "},
		{slog.LevelWarn, "warn error "},
		{slog.LevelError, "error "},
	} {
		text := logged(tt.level, "json", func(l *slog.Logger) {
			l.Debug("debug")
			l.Info("info")
			l.Warn("warn")
			l.Error("error")
		})
		got := ""
		for line := range strings.Lines(text) {
			_, rest, _ := strings.Cut(line, `"msg":"`)
			word, _, _ := strings.Cut(rest, `"`)
			got += word + " "
		}
		if got != tt.want {
			t.Errorf("at %s: %s, want %s", tt.level, got, tt.want)
		}
	}
}
