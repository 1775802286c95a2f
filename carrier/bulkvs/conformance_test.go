package bulkvs_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/carrier/bulkvs"
	"github.com/wirechief/wirechief/carrier/carriertest"
)

func TestConformance(t *testing.T) {
	carriertest.Run(t, carriertest.Member{
		New: func(t *testing.T, s carrier.Services) (carrier.Carrier, *carriertest.Peer) {
			u := newUpstream()
			cfg := config("http://" + u.address)
			cfg.Connections = 4
			u.carrier = bulkvs.New("upstream", cfg, s)
			return u.carrier, &carriertest.Peer{
				Text: u.text, Close: u.close, Taken: u.texts, Kept: u.acknowledged, Hold: u.hold, Away: u.leave, Refuse: u.refuse,
			}
		},
		Wire:    true,
		Stock:   carriertest.Stock{Query: wirechief.OfferQuery{AreaCode: "510"}, Unknown: "+15105559999"},
		Secrets: []string{password, token},
	})
}

// upstream is a service that speaks BulkVS, with a webhook that posts to the
// carrier until it answers 200, or 404 for a number that nobody has.
type upstream struct {
	address string
	carrier *bulkvs.Carrier
	ended   context.Context
	end     context.CancelFunc
	posting sync.WaitGroup

	server *httptest.Server // nil while away

	mu      sync.Mutex
	taken   []string
	kept    int
	holding bool
	refused bool
	owned   map[string]bool // of what it sells
}

func newUpstream() *upstream {
	u := &upstream{address: "127.0.0.1:0", owned: make(map[string]bool)}
	u.ended, u.end = context.WithCancel(context.Background())
	u.listen()
	return u
}

// stock is what it sells.
var stock = []string{"15105550102", "15105550100", "15105550101", "15105550103"}

func (u *upstream) serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/messageSend" {
		u.messageSend(w, r)
		return
	}
	var body struct{ TN string }
	data, err := io.ReadAll(r.Body)
	if err == nil && len(data) > 0 {
		err = json.Unmarshal(data, &body)
	}
	_, pass, _ := r.BasicAuth()
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.holding {
		u.mu.Unlock()
		select {
		case <-r.Context().Done():
		case <-u.ended.Done():
		}
		u.mu.Lock()
		panic(http.ErrAbortHandler)
	}
	refuse := func(status int, code string) {
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"TN":%q,"Status":"Failed","Code":%q,"Description":"no"}`, body.TN, code)
	}
	query := r.URL.Query()
	switch call := r.Method + r.URL.Path; {
	case u.refused || pass != password:
		refuse(http.StatusUnauthorized, "7401")
	case err != nil:
		refuse(http.StatusBadRequest, "7400")
	case call == "GET/orderTn":
		var rows []map[string]string
		for _, tn := range stock {
			if !u.owned[tn] && strings.HasPrefix(tn, "1"+query.Get("Npa")+query.Get("Nxx")) {
				rows = append(rows, map[string]string{"TN": tn, "State": "CA", "Tier": "0", "Mrc": "0.06"})
			}
		}
		if len(rows) == 0 {
			refuse(http.StatusNotFound, "7404")
			return
		}
		_ = json.NewEncoder(w).Encode(rows)
	case call == "POST/orderTn" && u.owned[body.TN]:
		refuse(http.StatusConflict, "7511")
	case call == "POST/orderTn" && slices.Contains(stock, body.TN):
		u.owned[body.TN] = true
		fmt.Fprintf(w, `{"TN":%q,"Status":"Active"}`, body.TN)
	case call == "DELETE/tnRecord" && u.owned[query.Get("Number")]:
		delete(u.owned, query.Get("Number"))
		fmt.Fprint(w, `{"Status":"Success"}`)
	default:
		refuse(http.StatusNotFound, "7404")
	}
}

func (u *upstream) messageSend(w http.ResponseWriter, r *http.Request) {
	var sent struct {
		From, Message string
		To            []string
	}
	body, err := io.ReadAll(r.Body) // net/http notices a client that goes away only then
	if err == nil {
		err = json.Unmarshal(body, &sent)
	}
	_, pass, _ := r.BasicAuth()
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case u.refused || pass != password:
		w.WriteHeader(http.StatusUnauthorized)
		return
	case err != nil || len(sent.To) != 1:
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	u.taken = append(u.taken, sent.Message)
	id := fmt.Sprintf("ref-%d", len(u.taken))
	if u.holding {
		u.mu.Unlock()
		select {
		case <-r.Context().Done():
		case <-u.ended.Done():
		}
		u.mu.Lock()
		panic(http.ErrAbortHandler)
	}
	fmt.Fprintf(w, `{"RefId":%q,"Results":[{"To":%q,"Status":"SUCCESS"}]}`, id, sent.To[0])
	u.posting.Go(func() {
		_, _ = u.post(u.ended, map[string]any{
			"RefId": id, "From": sent.To[0], "To": []string{sent.From}, "DeliveryReceipt": true,
			"Message": url.QueryEscape("id:1 sub:001 dlvrd:001 stat:DELIVRD err:000 text:"),
		}) // until it is kept or all is over
	})
}

func (u *upstream) text(ctx context.Context, from, to, text string) (bool, error) {
	return u.post(ctx, map[string]any{
		"From": strings.TrimPrefix(from, "+"), "To": []string{strings.TrimPrefix(to, "+")}, "Message": url.QueryEscape(text),
	})
}

func (u *upstream) post(ctx context.Context, notice map[string]any) (kept bool, err error) {
	body, err := json.Marshal(notice)
	for err == nil && ctx.Err() == nil {
		switch w := post(u.carrier.Webhook(), string(body)); w.Code {
		case http.StatusOK:
			u.mu.Lock()
			u.kept++
			u.mu.Unlock()
			return true, nil
		case http.StatusNotFound:
			return false, nil
		case http.StatusServiceUnavailable:
			select { // a real one waits for minutes
			case <-ctx.Done():
			case <-time.After(2 * time.Millisecond):
			}
		default:
			err = fmt.Errorf("the webhook answers %d %s", w.Code, w.Body)
		}
	}
	return false, err
}

func (u *upstream) texts() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return append([]string(nil), u.taken...)
}

func (u *upstream) acknowledged() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.kept
}

func (u *upstream) hold() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.holding = true
}

func (u *upstream) refuse() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.refused = true
}

// listen is for the address that it had before, if there was one.
func (u *upstream) listen() {
	l, err := net.Listen("tcp", u.address)
	if err != nil {
		panic(err)
	}
	u.address = l.Addr().String()
	u.server = &httptest.Server{Listener: l, Config: &http.Server{Handler: http.HandlerFunc(u.serve)}}
	u.server.Start()
}

func (u *upstream) leave(away bool) {
	if away {
		u.server.Close()
		u.server = nil
	} else {
		u.listen()
	}
}

func (u *upstream) close() {
	u.end()
	u.posting.Wait()
	if u.server != nil {
		u.server.Close()
	}
}
