package message2give

import "testing"

func TestNumbersAsAtHomeAreRefused(t *testing.T) {
	for in, want := range map[string]string{
		"61400000001": "+61400000001", "+61400000001": "+61400000001", "61 400 000 001": "+61400000001", "+1 (310) 555-0199": "+13105550199", "13105550199": "+13105550199",
		"(310) 555-0199": "", "310-555-0199": "", "3105550199": "", "2125551234": "", "0400000001": "", "": "",
	} {
		got, err := readNumber("to", in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q is read as %q, %v", in, got, err)
		}
	}
}
