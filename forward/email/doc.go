// Package email brings messages to people by mail, and takes their answers.
//
// [Sender] is the family's member (package forward): a delivery of kind email is
// one mail with a text and an HTML form, the new message first, then what was
// said before, and the files of the message. It is made anew for each try, out
// of what does not change, so that every try has the same bytes and the same
// Message-ID: a server that has the mail already can tell. All mails of one
// conversation refer to one id, which is how mail clients keep them together.
// Nobody's text becomes anything else than text: neither header nor markup.
//
// Mail leaves by the operator's own server (smtp), which is not guarded as what
// tenants name is. Connections are kept and used again. 4xx is tried again, 5xx
// about the mail is final; an answer 5xx to a login is not about the mail, and
// is tried again while the operator mends the password.
//
// [Inbox] is the way back, off unless mail.listen says so: it takes mail to
// reply+token@domain only, where the token, made by [Replies], names a
// conversation and the address that its mails went to. What the person wrote,
// less quotation and signature, goes out as a text; the answer 250 comes after
// that is kept. The sender's address is compared, but anybody can write any
// address: the token is what lets in, and who forwards a mail gives it away.
// The inbox relays nothing, answers no machine, and keeps no mail.
//
// Look next at compose.go and session.go.
package email
