package media

import (
	"net/netip"
	"time"

	"github.com/pion/rtcp"
)

const (
	reportEvery = 5 * time.Second // RFC 3550 section 6.2: the least
	lookEvery   = time.Second
)

// pause is how long the reading goroutine may be without a look at the clock.
func (p *Port) pause() time.Duration {
	if a := p.agreed.Load(); a.Silence > 0 {
		return min(lookEvery, max(a.Silence/4, time.Millisecond))
	}
	return lookEvery
}

// look does what is due: says that nothing comes, and reports. It gives the
// time of the next report.
func (p *Port) look(now, report time.Time) time.Time {
	a := p.agreed.Load()
	p.mu.Lock()
	silent := a.Silence > 0 && !p.silent && now.Sub(p.heardAt) >= a.Silence
	p.silent = p.silent || silent
	p.mu.Unlock()
	if silent && a.Silent != nil {
		a.Silent()
	}
	if now.Before(report) {
		return report
	}
	p.report(now, false)
	return now.Add(reportEvery)
}

// report sends what we sent and heard (RFC 3550 section 6.4). A report that
// does not go out is not missed.
func (p *Port) report(now time.Time, bye bool) {
	p.mu.Lock()
	var heard []rtcp.ReceptionReport
	if r := &p.in; r.begun {
		got, wanted := r.received-r.reportedGot, r.wanted()-r.reportedWanted
		r.reportedGot, r.reportedWanted = r.received, r.wanted()
		var fraction uint8
		if wanted > got && wanted > 0 {
			fraction = uint8(min(255, (wanted-got)*256/wanted))
		}
		heard = []rtcp.ReceptionReport{{
			SSRC: r.ssrc, FractionLost: fraction, TotalLost: uint32(min(r.lost(), 1<<23-1)),
			LastSequenceNumber: r.extended(), Jitter: uint32(r.jitter),
		}}
	}
	p.mu.Unlock()

	p.outMu.Lock()
	defer p.outMu.Unlock()
	if !p.to.IsValid() || p.to.Port() == 65535 {
		return
	}
	packets := []rtcp.Packet{&rtcp.ReceiverReport{SSRC: p.out.ssrc, Reports: heard}}
	if p.sent > 0 {
		packets[0] = &rtcp.SenderReport{
			SSRC: p.out.ssrc, NTPTime: ntp(now), PacketCount: uint32(p.sent), OctetCount: p.octets, Reports: heard,
			RTPTime: p.out.ts + uint32(now.Sub(p.out.at)*Rate/time.Second),
		}
	}
	packets = append(packets, &rtcp.SourceDescription{Chunks: []rtcp.SourceDescriptionChunk{{
		Source: p.out.ssrc, Items: []rtcp.SourceDescriptionItem{{Type: rtcp.SDESCNAME, Text: p.sound.LocalAddr().String()}},
	}}})
	if bye {
		packets = append(packets, &rtcp.Goodbye{Sources: []uint32{p.out.ssrc}})
	}
	b, err := rtcp.Marshal(packets)
	if err == nil && p.encrypt != nil {
		b, err = p.encrypt.EncryptRTCP(nil, b, nil)
	}
	if err == nil {
		p.control.WriteToUDPAddrPort(b, netip.AddrPortFrom(p.to.Addr(), p.to.Port()+1))
	}
}

// ntp is a time as seconds since 1900 and their 2^32th parts.
func ntp(t time.Time) uint64 {
	const from1900 = 2208988800
	return uint64(t.Unix()+from1900)<<32 | uint64(t.Nanosecond())<<32/uint64(time.Second)
}
