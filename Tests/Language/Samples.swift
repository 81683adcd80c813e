/// Texts in the language as people write it: what must always parse.
enum Samples {
  /// The seed's tutorial.
  static let tutorial = ##"""
    listen("tcp:8080")                                        // In[1]: Out shows http://127.0.0.1:8080

    route "/" { "Hello, everybody!" }                         // In[3]
    open("/")                                                 // In[4]: Out true, at once

    route "/greet/<user>" { "Hello \(user.uppercased())!" }   // In[5]

    let httpbin = "/httpbin"          // a stand-in defined by two routes of this notebook

    route "/ip" {                                             // one awaited call
        let response = await get("\(httpbin)/ip")
        "From \(response.json.origin)"
    }

    route "/compare" {                                        // one after the other: 20 s
        let first = await get("\(httpbin)/delay/10")
        let second = await get("\(httpbin)/delay/10")
        "These are the same:\(first.json.origin)==\(second.json.origin)"
    }

    route "/faster-compare" {                                 // both at once: 10 s; callbacks chain
        let a = get("\(httpbin)/delay/10").then { $0.json }.then { $0.origin }
        let b = get("\(httpbin)/delay/10").then { $0.json }.then { $0.origin }
        all([a, b]).then { ips in "These are the same:\(ips[0])==\(ips[1])" }
    }

    route "/add/<int:a>/<int:b>" { after(2s) { a + b } }      // deferLater

    func remoteAdd(x, y) { get("/add/\(x)/\(y)").then { $0.json } }

    route "/add4/<int:a>/<int:b>/<int:c>/<int:d>" {           // 6 s
        let x = await remoteAdd(a, b)
        let y = await remoteAdd(c, d)
        await remoteAdd(x, y)
    }
    route "/fast-add4/<int:a>/<int:b>/<int:c>/<int:d>" {      // 4 s; a callback may return a deferred
        all([remoteAdd(a, b), remoteAdd(c, d)]).then { sums in remoteAdd(sums[0], sums[1]) }
    }

    var counter = 0
    route "/count" { counter += 1; counter }

    var loops = 0
    route "/loops" { loops }
    every(5s) { loops += 1 }                                  // LoopingCall: first tick at once

    after(6s) { open("/loops") }                              // callLater(6, webbrowser.open, ...)
    after(12s) { open("/loops") }

    var blocking = []
    route "/block" {
        let result = deferred()
        blocking.append(result)
        result.then { $0.uppercased() }
    }
    route "/unblock/<string:value>" {
        while !blocking.removeFirst().resolve(value) { }      // false: that waiter's client has gone
        "OK \(value)"
    }
    """##

  /// Every form of the language, over several lines wherever a line can end.
  static let forms = ##"""
    # ---
    # jupyter: a header
    # %% 1 a title
    /* a comment
       /* within a comment */
     */
    let items = [
        ["name": "pen", "price": 2],
        [
            "name": "ink",
            "price": 7,
        ],
    ]
    let total = items
        .map { $0.price }
        .reduce(0) { sum, price in
            sum +
                price
        }
    let label = total > 5
        ? "much"
        : "little"
    let size =
        if total > 100 { "large" }
        else if total > 10 {
            "medium"
        }
        else { "small" }
    let page = html """
        <ul>
          \(items.map { item in
            html "<li>\(item["name"]) \(item.price ?? 0)</li>"
          })
        </ul>
        """
    let raw = #"C:\temp "\#(label)""#
    func describe(item, detail = nil,
                  separator = ": ") {
        guard let name = item?.name, !name.isEmpty else {
            throw httpError(404,
                            "no such item")
        }
        defer { print("described", name) }
        for (key, value) in item {
            if key == "skip" { continue }
            while let next = value, next != nil && key == "x" { break }
        }
        for i in 0..<3 { print(i, -i, 1...i) }
        do {
            return name + separator + String(detail ?? await sleep(250ms))
        }
        catch failure {
            print(failure.message)
        }
        nil
    }
    route PUT, PATCH
        "/items/<uuid:id>/<int(min=1,max=9):n>" {
        let body = request.json
        async { await sleep(1.5s); print(body) }
        respond(status: 201, headers: ["X-Item": id],
                body)
    }
    let pair = race([async describe(items[0]), get("/")])
        .then { (value) in value }
        .catch { error in
            error.message
        }
    let fields = { (key, value) in
        [key: value, "n": [:]]
    }
    print(fields("a", 0xff), total is_ok)
    """##.replacing(", total is_ok", with: "")

  static let all = [tutorial, forms]
}
