package gsm

// Cut stands where [Fit] has cut a text: three dots are in every alphabet.
const Cut = "..."

// Fit joins a text and what is put around it. What would have more segments than
// most is cut at the end of the text, for most of it in time is worth more than
// all of it never; then fits is false. What is put around it is not cut: it may
// be too long by itself.
func Fit(prefix, text, suffix string, most int) (whole string, fits bool) {
	whole = prefix + text + suffix
	if Analyse(whole).Segments <= most {
		return whole, true
	}
	runes := []rune(text)
	// The longest beginning that fits, by halves.
	keep, over := 0, len(runes)
	for keep+1 < over {
		middle := (keep + over) / 2
		if Analyse(prefix+string(runes[:middle])+Cut+suffix).Segments <= most {
			keep = middle
		} else {
			over = middle
		}
	}
	return prefix + string(runes[:keep]) + Cut + suffix, false
}
