extension TypeHelp {
  static let writer = TypeHelp(
    "Writer",
    #"Where the body of a stream is written to: out in stream { out in … }."#,
    members: #"""
      write(value, wait:) -> Bool
      Sends a piece, and waits while the client is slow. Gives false when the client has gone or the body has ended.
      With wait: false it does not wait, but sends nothing and gives false where the client has not taken what came before.
        route "/two" { stream { out in out.write("one"); out.write([2]) } }; await get("/two").text // → "one[2]"

      isOpen -> Bool
      Whether somebody is there to read.
        route "/open" { stream { out in out.write(out.isOpen) } }; await get("/open").text // → "true"
      """#)

  static let chunks = TypeHelp(
    "Chunks",
    #"The body of a request as it comes: for await chunk in request.chunks { … }. Each chunk is Bytes."#,
    members: "")

  static let stream = TypeHelp(
    "Stream",
    #"An answer that is written piece by piece: what stream and events give."#,
    members: "")

  static let socket = TypeHelp(
    "Socket",
    #"An open WebSocket: ws in socket "/chat" { ws in … }. for await goes over its messages: Strings and Bytes."#,
    members: #"""
      send(message, wait:) -> Bool
      Sends a text, Bytes, or the JSON of anything else, and waits while the client is slow. Gives false when the
      socket is closed. With wait: false it does not wait, but sends nothing and gives false where 64 KiB wait for the
      client already.
        socket "/hello" { ws in ws.send("hello") }; await get("/hello", check: false).status // → 426

      close(code, reason) -> nil
      Closes it. Messages that have come can still be read.
        socket "/no" { ws in ws.close(4000, "not today") }; await get("/no", check: false).status // → 426

      isOpen -> Bool
      Whether messages can be sent.
        socket "/tick" { ws in while ws.isOpen { ws.send(now()); await sleep(1s) } }; await get("/tick", check: false).status // → 426

      closeCode -> Int
      The code with which it was closed, 1006 where the connection was lost; nil while it is open.
        socket "/why" { ws in for await m in ws { }; print(ws.closeCode) }; await get("/why", check: false).status // → 426

      closeReason -> String
      The reason that was given; nil while it is open.
        socket "/why" { ws in for await m in ws { }; print(ws.closeReason) }; await get("/why", check: false).status // → 426
      """#)
}
