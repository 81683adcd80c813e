extension TypeHelp {
  static let request = TypeHelp(
    "Request",
    #"What a client has asked for: request in the body of a route."#,
    members: #"""
      method -> String
      GET, POST and so on.
        route "/method" { request.method }; await put("/method").text // → "PUT"

      path -> String
      The path of the address, decoded, without the query.
        route "/path/<x>" { request.path }; await get("/path/1").text // → "/path/1"

      query -> Dictionary
      What stands behind the ? of the address; of a name that comes twice the last value.
        route "/query" { request.query }; await get("/query?a=1").json // → ["a": "1"]

      target -> String
      Path and query as they came, undecoded: get("http://backend" + request.target).
        route "/as/<x>" { request.target }; await get("/as/a%20b?c=d%26").text // → "/as/a%20b?c=d%26"

      queryLists -> Dictionary
      As query, with an Array of all values for each name.
        route "/lists" { request.queryLists }; await get("/lists?a=1&a=2").json // → ["a": ["1", "2"]]

      headers -> Dictionary
      The headers by their names in small letters; those that come twice joined by commas.
        route "/headers" { request.headers["x-a"] }; await get("/headers", headers: ["X-A": "1"]).text // → "1"

      headerLists -> Dictionary
      As headers, with an Array of all values for each name.
        route "/headers" { request.headerLists["x-a"] }; await get("/headers", headers: ["X-A": "1"]).json // → ["1"]

      cookies -> Dictionary
      The cookies that the client sent, by name; of two with one name the first, whose path is the longer.
        route "/cookies" { request.cookies }; await get("/cookies", headers: ["Cookie": "a=1"]).json // → ["a": "1"]

      cookieLists -> Dictionary
      The same with an Array of all values for each name.
        route "/all" { request.cookieLists }; await get("/all", headers: ["Cookie": "a=1; a=2"]).json // → ["a": ["1", "2"]]

      body -> Bytes
      The body as it came.
        route "/size" { request.body.count }; await post("/size", body: "abc").text // → "3"

      chunks -> Chunks
      The body as it comes, for await: the route begins before the whole body is there.
        route "/up" { var n = 0; for await chunk in request.chunks { n += chunk.count }; n }; await post("/up", body: "abc").text // → "3"

      text -> String
      The body as text.
        route "/text" { request.text }; await post("/text", body: "abc").text // → "abc"

      json -> Any
      The body read as JSON; one that is none is answered with 400.
        route "/json" { request.json.a }; await post("/json", json: ["a": 1]).text // → "1"

      form -> Dictionary
      The fields of a form that was sent, files apart; of a name that comes twice the last value.
        route "/form" { request.form }; await post("/form", form: ["a": 1]).json // → ["a": "1"]

      formLists -> Dictionary
      As form, with an Array of all values for each name.
        route "/form" { request.formLists }; await post("/form", form: ["a": [1, 2]]).json // → ["a": ["1", "2"]]

      files -> Dictionary
      The files of a form that was sent, by the names of their fields; of one that comes twice the last.
        route "/up" { request.files.a.name }; await post("/up", files: ["a": ["name": "b.txt", "body": "x"]]).text // → "b.txt"

      fileLists -> Dictionary
      As files, with an Array of all files for each name.
        route "/up" { request.fileLists.a.map { $0.text } }; await post("/up", files: ["a": ["x", "y"]]).json // → ["x", "y"]

      params -> Dictionary
      The parameters of the pattern by name.
        route "/add/<int:a>" { request.params }; await get("/add/1").json // → ["a": 1]

      state -> Dictionary
      What before, the handler, after and onError of this request hand on to one another; empty at first.
        before { request.state["n"] = 1 }; route "/a" { request.state.n }; await get("/a").text // → "1"

      remote -> String
      The address of the client.
        route "/who" { request.remote }; await get("/who").text // → "127.0.0.1"
      """#)

  static let reply = TypeHelp(
    "Reply",
    #"An answer: what respond and redirect make, and response in the body of after."#,
    members: #"""
      status -> Int
      The status, which after can set.
        after { response.status = 202 }; route "/a" { 1 }; await get("/a").status // → 202

      headers -> Dictionary
      The headers, which after can set; an Array gives several of one name.
        after { response.headers["x-frame-options"] = "DENY" }; route "/a" { 1 }; await get("/a").headers["x-frame-options"] // → "DENY"

      body -> Any
      What was given as the body, which after can set.
        after { response.body = "<\(response.body)>" }; route "/a" { "b" }; await get("/a").text // → "<b>"
      """#)

  static let file = TypeHelp(
    "File",
    #"A file of a form that a client has sent: request.files.photo."#,
    members: #"""
      name -> String
      What the client calls it. It is a text like any other, never a path to be opened.
        route "/up" { request.files.a.name }; await post("/up", files: ["a": ["name": "../b", "body": "x"]]).text // → "../b"

      type -> String
      What the client says it is: image/png and so on; text/plain where it says nothing.
        route "/up" { request.files.a.type }; await post("/up", files: ["a": Bytes([1])]).text // → "application/octet-stream"

      body -> Bytes
      Its content.
        route "/up" { request.files.a.body.count }; await post("/up", files: ["a": "abc"]).text // → "3"

      text -> String
      Its content as text.
        route "/up" { request.files.a.text }; await post("/up", files: ["a": "abc"]).text // → "abc"
      """#)

  static let cookie = TypeHelp(
    "Cookie", #"A cookie for respond and redirect: Cookie("dark", maxAge: 24h)."#, members: "")

  static let cookieJar = TypeHelp(
    "CookieJar",
    #"Cookies kept from call to call: let jar = CookieJar(), then get(url, cookies: jar)."#,
    members: #"""
      cookies -> Array of Dictionary
      The cookies in it, each with name, value, domain, path, expires, secure, httpOnly and hostOnly.
        route "/in" { respond(cookies: ["id": 7]) }; let jar = CookieJar(); await get("/in", cookies: jar); jar.cookies[0].value // → "7"

      count -> Int
      How many cookies are in it.
        CookieJar().count // → 0

      clear()
      Drops all of them.
        let jar = CookieJar(); jar.clear(); jar.count // → 0
      """#)

  static let pieces = TypeHelp(
    "Pieces",
    #"The body of an answer as it comes: for await line in response.lines { … }."#,
    members: "")

  static let response = TypeHelp(
    "Response",
    #"What a call gave: await get("/x") and its sisters."#,
    members: #"""
      status -> Int
      The status: 200 where all is well.
        route "/made" { respond("x", status: 201) }; await get("/made").status // → 201

      ok -> Bool
      Whether the status is 200 to 299.
        route "/ok" { "x" }; await get("/ok").ok // → true

      headers -> Dictionary
      The headers by their names in small letters; those that come twice joined by commas.
        route "/text" { "x" }; await get("/text").headers["content-type"] // → "text/plain; charset=utf-8"

      headerLists -> Dictionary
      As headers, with an Array of all values for each name.
        route "/text" { "x" }; await get("/text").headerLists["content-length"] // → ["1"]

      text -> String
      The body as text.
        route "/text" { "hello" }; await get("/text").text // → "hello"

      json -> Any
      The body read as JSON; one that is none is an error.
        route "/data" { ["a": [1, 2]] }; await get("/data").json.a // → [1, 2]

      body -> Bytes
      The body as it came.
        route "/text" { "hello" }; await get("/text").body.count // → 5

      chunks -> Pieces
      The body as Bytes, as they come with stream: true; for await goes over them, once.
        route "/text" { "hello" }; for await chunk in await get("/text", stream: true).chunks { print(chunk.count) } // → prints 5

      lines -> Pieces
      The body line by line, as chunks is piece by piece.
        route "/text" { "a\nb" }; for await line in await get("/text", stream: true).lines { print(line) } // → prints a, b

      events -> Pieces
      The body as Server-Sent Events: a Dictionary with event, data, id and retry for each.
        route "/news" { events { send in send("hi") } }; for await event in await get("/news", stream: true).events { print(event["data"]) } // → prints hi

      close() -> nil
      Ends a body that is read as it comes, before its end.
        route "/text" { "hello" }; let r = await get("/text", stream: true); r.close(); r.ok // → true

      elapsed -> Duration
      The time from the call to the whole answer, or to its head with stream: true.
        route "/slow" { after(2s) { "x" } }; await get("/slow").elapsed // → 2s

      url -> String
      The address that was called, after redirects the last one.
        route "/text" { "x" }; await get("/text").url.hasSuffix("/text") // → true
      """#)
}
