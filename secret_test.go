package wirechief_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
)

// Whichever way Go has of printing a value, a secret is not in it.
func TestSecretStaysSecret(t *testing.T) {
	const value = "hunter2"
	s := wirechief.Secret(value)
	type config struct {
		Name     string
		Password wirechief.Secret
		Keys     []wirechief.Secret
		ByName   map[string]wirechief.Secret
		Pointer  *wirechief.Secret
	}
	c := config{"main", s, []wirechief.Secret{s}, map[string]wirechief.Secret{"a": s}, &s}

	printed := make(map[string]string)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		printed[verb] = fmt.Sprintf(verb, s)
		c := c
		c.Pointer = nil // an address would be printed
		printed["struct "+verb] = fmt.Sprintf(verb, c)
	}
	printed["Sprint"] = fmt.Sprint("password ", s)
	printed["error"] = fmt.Errorf("cannot bind with %v: %w", s, errors.New("refused")).Error()
	printed["domain error"] = wirechief.Errorf(wirechief.Invalid, "cannot bind with %v", s).Error()
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	printed["JSON"] = string(b)
	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"slog text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		"slog JSON": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		var buf bytes.Buffer
		slog.New(handler(&buf)).Info("bound", "password", s, "config", c, "group", slog.GroupValue(slog.Any("key", s)))
		printed[name] = buf.String()
	}
	for how, text := range printed {
		if strings.Contains(text, value) || strings.Contains(text, "68756e74657232") {
			t.Errorf("%s shows it: %s", how, text)
		}
		if !strings.Contains(text, "hidden") {
			t.Errorf("%s does not say that it is set: %s", how, text)
		}
	}
	if s.Reveal() != value {
		t.Error("Reveal does not give it")
	}
}

func TestSecretNotSet(t *testing.T) {
	var s wirechief.Secret
	if got := fmt.Sprint(s); got != "<not set>" {
		t.Errorf("an empty secret is printed as %q", got)
	}
}

func TestSecretEqual(t *testing.T) {
	for _, tt := range []struct {
		secret wirechief.Secret
		given  string
		want   bool
	}{
		{"hunter2", "hunter2", true},
		{"hunter2", "hunter3", false},
		{"hunter2", "hunter", false},
		{"hunter2", "hunter22", false},
		{"hunter2", "", false},
		{"", "", true},
		{"", "x", false},
	} {
		if got := tt.secret.Equal(tt.given); got != tt.want {
			t.Errorf("%q equals %q: %t", tt.secret.Reveal(), tt.given, got)
		}
	}
}
