package media

import "math"

// half is how many zero crossings of the low pass lie on either side: enough
// that what lies above 4 kHz is not heard folded back.
const half = 16

// resample brings samples down to 8,000 a second: a low pass at 3,600 Hz in a
// Hann window. Prompts are read once, so it need not be quick.
func resample(in []int16, rate int) []int16 {
	if rate == Rate || len(in) == 0 {
		return in
	}
	p := newPhases(rate)
	out := make([]int16, len(in)*Rate/rate)
	for i := range out {
		weights := p.at(i)
		first := i*rate/Rate - p.reach
		var sum, weight float64
		for k, w := range weights {
			weight += w
			if j := first + k; j >= 0 && j < len(in) {
				sum += w * float64(in[j])
			}
		}
		out[i] = int16(max(math.MinInt16, min(math.MaxInt16, math.Round(sum/weight))))
	}
	return out
}

// phases keeps the weights of the low pass for each place that a sample can
// have between two others: they come round every so many samples.
type phases struct {
	rate, reach int
	cutoff      float64 // of the half of the rate
	known       [][]float64
}

func newPhases(rate int) *phases {
	a, b := rate, Rate
	for b != 0 {
		a, b = b, a%b
	}
	cutoff := 2 * 3600 / float64(rate)
	return &phases{rate: rate, cutoff: cutoff, reach: int(math.Ceil(half / cutoff)), known: make([][]float64, Rate/a)}
}

// at gives the weights of sample i of the result, from reach samples before it on.
func (p *phases) at(i int) []float64 {
	phase := i % len(p.known)
	if p.known[phase] == nil {
		between := float64(i*p.rate%Rate) / Rate
		w := make([]float64, 2*p.reach+2)
		for k := range w {
			x := float64(k-p.reach) - between
			if math.Abs(x) < half/p.cutoff {
				w[k] = sinc(p.cutoff*x) * (0.5 + 0.5*math.Cos(math.Pi*x*p.cutoff/half))
			}
		}
		p.known[phase] = w
	}
	return p.known[phase]
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}
