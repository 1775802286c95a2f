package observe

import (
	"context"
	"io"
	"log/slog"
	"regexp"
	"strings"
)

// NewLog makes the log of the program. format is "text" or "json".
func NewLog(w io.Writer, level slog.Level, format string) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	var h slog.Handler = slog.NewTextHandler(w, options)
	if format == "json" {
		h = slog.NewJSONHandler(w, options)
	}
	if level > slog.LevelDebug {
		h = mask{h}
	}
	return slog.New(h)
}

// mask hides what only some may read: numbers keep their ends, bodies go.
type mask struct{ slog.Handler }

func (m mask) Handle(ctx context.Context, r slog.Record) error {
	masked := slog.NewRecord(r.Time, r.Level, digits.ReplaceAllStringFunc(r.Message, maskNumber), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		masked.AddAttrs(maskAttr(a))
		return true
	})
	return m.Handler.Handle(ctx, masked)
}

func (m mask) WithAttrs(attrs []slog.Attr) slog.Handler {
	masked := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		masked[i] = maskAttr(a)
	}
	return mask{m.Handler.WithAttrs(masked)}
}

func (m mask) WithGroup(name string) slog.Handler { return mask{m.Handler.WithGroup(name)} }

// digits finds what may be a telephone number: + and seven digits or more, or
// the eleven digits of a North American one, as BulkVS and SMPP write it.
var digits = regexp.MustCompile(`\+[0-9]{7,15}|\b1[2-9][0-9]{9}\b`)

func maskAttr(a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	switch {
	case a.Key == "body" || a.Key == "text":
		return slog.String(a.Key, "<hidden>")
	case v.Kind() == slog.KindGroup:
		group := v.Group()
		masked := make([]slog.Attr, len(group))
		for i, g := range group {
			masked[i] = maskAttr(g)
		}
		return slog.Attr{Key: a.Key, Value: slog.GroupValue(masked...)}
	case v.Kind() == slog.KindString:
		return slog.String(a.Key, digits.ReplaceAllStringFunc(v.String(), maskNumber))
	case v.Kind() == slog.KindAny:
		if err, ok := v.Any().(error); ok {
			return slog.String(a.Key, digits.ReplaceAllStringFunc(err.Error(), maskNumber))
		}
	}
	return slog.Attr{Key: a.Key, Value: v}
}

// maskNumber keeps the country's end and the last digits: +1310***0901.
func maskNumber(s string) string {
	head, tail := 4, 4
	if s[0] == '+' {
		head++
	}
	if len(s) <= head+tail {
		return s[:3] + strings.Repeat("*", len(s)-3)
	}
	return s[:head] + strings.Repeat("*", len(s)-head-tail) + s[len(s)-tail:]
}
