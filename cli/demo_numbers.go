package cli

// demoNumbers is the part of the demo's banner about numbers: a line for each
// API that finds a number, buys it and says what it does. Each works as it
// stands when pasted into a shell of POSIX; sed takes out of an answer what the
// next call needs.
const demoNumbers = `{{$json := "-H 'Content-Type: application/json'"}}A few hundred numbers are for sale. Each of these lines finds one, buys it and configures it; what one does, the others see.

As a client of BulkVS does:

  TN=$(curl -s -u demo:{{.BulkVS}} '{{.Server}}/api/v1.0/orderTn?Npa=510&Limit=1' | sed 's/[^0-9]*\([0-9]*\).*/\1/') && curl -s -u demo:{{.BulkVS}} {{.Server}}/api/v1.0/orderTn {{$json}} -d '{"TN":"'$TN'","Sms":true}' && curl -s -u demo:{{.BulkVS}} {{.Server}}/api/v1.0/tnRecord {{$json}} -d '{"TN":"'$TN'","Webhook":"Default","Tcr":"CW1549"}' && curl -s -u demo:{{.BulkVS}} '{{.Server}}/api/v1.0/tnRecord?Number='$TN; echo

As a client of Zendesk Talk does:

  ZT=$(curl -s -u agent@demo.test/token:{{.Zendesk}} '{{.Server}}/api/v2/channels/voice/phone_numbers/search.json?country=US&area_code=240' | sed 's/.*"token":"\([0-9a-f]*\)".*/\1/') && ID=$(curl -s -u agent@demo.test/token:{{.Zendesk}} {{.Server}}/api/v2/channels/voice/phone_numbers.json {{$json}} -d '{"phone_number":{"token":"'$ZT'"}}' | sed 's/.*"id":\([0-9]*\).*/\1/') && curl -s -X PUT -u agent@demo.test/token:{{.Zendesk}} {{.Server}}/api/v2/channels/voice/phone_numbers/$ID.json {{$json}} -d '{"phone_number":{"nickname":"Bought with Zendesk Talk"}}'; echo

As a client of Fone Dynamics does:

  N=$(curl -s -u AG5T3HFR5ASD54FS5GB3SDAFJAKSH6DS:{{.FoneDynamics}} '{{.Server}}/v2/Numbers/Available?CountryCode=US&Contains=240&Results_Count=1' | sed 's/[^+]*+\([0-9]*\).*/\1/') && curl -s -u AG5T3HFR5ASD54FS5GB3SDAFJAKSH6DS:{{.FoneDynamics}} {{.Server}}/v2/Properties/S1234567890ABCDEF1234567890ABCDE/Numbers -d Number=$N && curl -s -u AG5T3HFR5ASD54FS5GB3SDAFJAKSH6DS:{{.FoneDynamics}} {{.Server}}/v2/Numbers/$N --data-urlencode 'Friendly=Bought with Fone Dynamics'; echo

As a client of Message2Give does, whose API lists and configures; it is bought over our own:

  M=$(curl -s -H 'Authorization: Bearer {{.Own}}' '{{.Server}}/wirechief/v1/offers?area_code=510&limit=1' | sed 's/[^+]*+\([0-9]*\).*/\1/') && curl -s -o /dev/null -H 'Authorization: Bearer {{.Own}}' {{.Server}}/wirechief/v1/numbers {{$json}} -d '{"number":"+'$M'"}' && curl -s -u demo:{{.Message2Give}} {{.Server}}/2019-01-23/organisations/4711/msns/$M {{$json}} -d '{"alias":"Known to Message2Give"}' && curl -s -u demo:{{.Message2Give}} {{.Server}}/2019-01-23/organisations/4711/msns/$M/forwarding {{$json}} -d '{"type":"Console","destination":"Chat","enabled":true}' && curl -s -u demo:{{.Message2Give}} {{.Server}}/2019-01-23/organisations/4711/msns; echo

On the command line:

  {{.Program}} numbers search --country US --area-code 510 --capability sms --limit 5
  {{.Program}} numbers search --contains pizza
  W=$({{.Program}} numbers search --area-code 510 --limit 1 2>/dev/null | sed -n '2s/ .*//p') && {{.Program}} numbers order $W --name 'Bought on the command line' && {{.Program}} numbers set $W tags=demo webhook=Default campaign=CW1549 && {{.Program}} numbers show $W
`
