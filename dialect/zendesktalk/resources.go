package zendesktalk

import (
	"github.com/wirechief/wirechief/dialect"
)

// resourceRoutes are the calls of everything but phone numbers.
func resourceRoutes() []dialect.Route[handler] {
	return nil
}

// greetingRows gives all greetings of the tenant as they are listed, the
// default ones first: for include=all_greetings of a phone number.
func (s *server) greetingRows(c *call) ([]any, error) { return []any{}, nil }

// ivrRows gives all IVRs of the tenant as they are listed: for include=ivrs.
func (s *server) ivrRows(c *call) ([]any, error) { return []any{}, nil }
