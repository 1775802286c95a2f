package delivery

import (
	"net/http"
	"strconv"
	"time"

	"github.com/wirechief/wirechief"
)

// outcomeOf is what an HTTP answer means for a delivery. Everything but 2xx is
// tried again on schedule; the reason is for people and metrics.
func outcomeOf(code int, retryAfter string, now time.Time) wirechief.Outcome {
	if code >= 200 && code < 300 {
		return wirechief.Outcome{Disposition: wirechief.Done}
	}
	o := wirechief.Outcome{Disposition: wirechief.Retry, Code: strconv.Itoa(code), After: parseRetryAfter(retryAfter, now)}
	switch {
	case code >= 300 && code < 400:
		o.Reason = wirechief.ReasonRedirect
	case code == http.StatusGone:
		o.Reason = wirechief.ReasonGone
	case code == http.StatusTooManyRequests:
		o.Reason = wirechief.ReasonThrottled
	case code == http.StatusUnauthorized, code == http.StatusForbidden, code == http.StatusProxyAuthRequired:
		o.Reason = wirechief.ReasonCredentials
	case code == http.StatusNotFound:
		o.Reason = wirechief.ReasonDestination
	case code == http.StatusRequestTimeout:
		o.Reason = wirechief.ReasonTimeout
	case code >= 400 && code < 500:
		o.Reason = wirechief.ReasonRejected
	case code >= 500 && code < 600:
		o.Reason = wirechief.ReasonTemporary
	default:
		o.Reason = wirechief.ReasonProtocol
	}
	return o
}

// classOf is "2xx" … "5xx"; what is no answer of HTTP is a protocol error.
func classOf(code int) string {
	switch code / 100 {
	case 2:
		return "2xx"
	case 3:
		return "3xx"
	case 4:
		return "4xx"
	case 5:
		return "5xx"
	}
	return string(wirechief.ReasonProtocol)
}

// wordsOf says in the attempt what an answer means, where the code does not say all.
func wordsOf(code int) string {
	switch {
	case code >= 300 && code < 400:
		return "the answer is a redirect; redirects are not followed"
	case code < 200 || code >= 600:
		return "the answer has no status that HTTP knows"
	}
	return ""
}

// parseRetryAfter reads the header (RFC 9110 10.2.3): seconds or a date.
func parseRetryAfter(s string, now time.Time) time.Duration {
	if s == "" {
		return 0
	}
	if n, err := strconv.ParseUint(s, 10, 31); err == nil {
		return min(time.Duration(n)*time.Second, longestWait)
	}
	if at, err := http.ParseTime(s); err == nil {
		return min(max(at.Sub(now), 0), longestWait)
	}
	return 0
}
