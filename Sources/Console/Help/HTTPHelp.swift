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
      The cookies that the client sent, by name.
        route "/cookies" { request.cookies }; await get("/cookies", headers: ["Cookie": "a=1"]).json // → ["a": "1"]

      body -> Bytes
      The body as it came.
        route "/size" { request.body.count }; await post("/size", body: "abc").text // → "3"

      text -> String
      The body as text.
        route "/text" { request.text }; await post("/text", body: "abc").text // → "abc"

      json -> Any
      The body read as JSON; one that is none is answered with 400.
        route "/json" { request.json.a }; await post("/json", json: ["a": 1]).text // → "1"

      form -> Dictionary
      The fields of a form that was sent; of a name that comes twice the last value.
        route "/form" { request.form }; await post("/form", form: ["a": 1]).json // → ["a": "1"]

      formLists -> Dictionary
      As form, with an Array of all values for each name.
        route "/form" { request.formLists }; await post("/form", form: ["a": [1, 2]]).json // → ["a": ["1", "2"]]

      params -> Dictionary
      The parameters of the pattern by name.
        route "/add/<int:a>" { request.params }; await get("/add/1").json // → ["a": 1]

      remote -> String
      The address of the client.
        route "/who" { request.remote }; await get("/who").text // → "127.0.0.1"
      """#)

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

      elapsed -> Duration
      The time from the call to the whole answer.
        route "/slow" { after(2s) { "x" } }; await get("/slow").elapsed // → 2s

      url -> String
      The address that was called, after redirects the last one.
        route "/text" { "x" }; await get("/text").url.hasSuffix("/text") // → true
      """#)
}
