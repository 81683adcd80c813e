extension Catalogue {
  /// What makes pages and serves them.
  static let pages = HelpEntry.list(
    #"""
    route [GET, POST …] "/path/<converter:name>" { … }
    Defines a route, live at once. What the body gives is the answer; parameters and request are its
    local names. Converters: string, int, float, path, uuid, any(a,b).
      route "/add/<int:a>/<int:b>" { a + b }; await get("/add/1/2").text // → "3"

    request
    In the body of a route, what the client has asked for.
      route "/echo" { request.query }; await get("/echo?a=1").json // → ["a": "1"]

    before { … }
    Runs before the handlers of routes. What it gives is the answer; nil goes on to the next one and the handler.
      before { if request.query["key"] != "s3" { throw httpError(401) } }; route "/a" { 1 }; await get("/a", check: false).status // → 401

    notFound { … }
    Answers what no route matches, with 404 unless it says another status; nil is the standard page.
      notFound { "no \(request.path) here" }; await get("/x", check: false).text // → "no /x here"

    onError { … }
    Answers where a handler, before or after failed; error is there, and the status is the error's.
      onError { ["error": error.message] }; route "/a" { throw httpError(409, "taken") }; await get("/a", check: false).json // → ["error": "taken"]

    group "/path" { … }
    A path that those of the routes within begin with. What is declared around routes in it concerns them alone.
      group "/api" { route "/items" { ["tea"] } }; await get("/api/items").json // → ["tea"]

    cors(origins…, methods:, headers:, exposed:, credentials:, maxAge:)
    Lets pages of other origins read the answers, all of them where none is named; in a group those of its paths.
      cors("https://a.example"); route "/a" { 1 }; await get("/a", headers: ["Origin": "https://a.example"]).headers["access-control-allow-origin"] // → "https://a.example"

    files(path, from:)
    Serves the files of a folder, which lies in the one that --files names. Routes come first.
      do { files("/assets", from: "public") } catch { error.message } // → "no files may be read here"

    respond(body, status:, headers:, cookies:) -> Reply
    An answer with a status, headers and cookies of its own.
      route "/made" { respond("made", status: 201) }; await get("/made").status // → 201

    redirect(to:, status:, cookies:) -> Reply
    An answer that sends the client elsewhere.
      route "/old" { redirect(to: "/new") }; await get("/old", follow: false).status // → 302

    Cookie(value, path:, domain:, expires:, maxAge:, secure:, httpOnly:, sameSite:, partitioned:) -> Cookie
    A cookie with attributes, for respond and redirect. Without them its path is / and sameSite is "lax".
      route "/in" { respond(cookies: ["id": Cookie(7, maxAge: 1h)]) }; await get("/in").headers["set-cookie"] // → "id=7; Path=/; Max-Age=3600; SameSite=Lax"

    expiredCookie(path:, domain:, secure:, partitioned:) -> Cookie
    Deletes a cookie. Path and domain must be those with which it was set.
      route "/out" { respond(cookies: ["id": expiredCookie()]) }; await get("/out").headers["set-cookie"].prefix(11) // → "id=; Path=/"

    httpError(status, message) -> Error
    An error that becomes an answer with that status where it is thrown.
      httpError(404, "no such item").message // → "no such item"

    html "…\(value)…" -> HTML
    A page, or a piece of one, with every value escaped for the place where it stands.
      let user = "<Ada>"; html "<b>\(user)</b>" // → html "<b>&lt;Ada&gt;</b>"

    rawHTML(text) -> HTML
    Text that is HTML already and is put in as it is.
      rawHTML("<br>") // → html "<br>"

    stream(body, type:) -> Stream
    An answer whose body is written piece by piece, as its client takes it. Its type is text/plain, if no
    other is given.
      route "/count" { stream { out in for i in 1...3 { out.write("\(i) ") } } }; await get("/count").text // → "1 2 3 "

    events(body, heartbeat:, retry:) -> Stream
    An answer of Server-Sent Events: send(data, event:, id:, retry:, wait:) sends one. A client that is silent for
    the heartbeat, 15s, is sent a comment.
      route "/news" { events { send in send("tea", event: "food", id: 7) } }; await get("/news").text // → "event: food\nid: 7\ndata: tea\n\n"

    socket "/path/<converter:name>" { ws in … }
    A WebSocket, live at once. The body runs as long as the connection lasts; parameters and request are its
    local names.
      socket "/chat" { ws in for await message in ws { ws.send(message) } }; await get("/chat", check: false).status // → 426

    listen(description) -> Deferred of String
    Listens on an address and gives the URL to open: tcp:8080, tcp:8080:interface=0.0.0.0,
    unix:/tmp/my.socket.
      listen("tcp:0").hasPrefix("http://127.0.0.1:") // → true

    open(url) -> Bool
    Opens a page in the browser. Gives false where there is none; the address is printed then.
      route "/" { "Hello" }; open("/") // → true
    """#)
}
