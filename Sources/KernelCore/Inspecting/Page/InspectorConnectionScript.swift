extension InspectorPage {
  /// What the server tells and is told: events, and what is to be cancelled.
  static let connectionScript = #"""
    let source = null;
    let isPaused = false;
    let wasLost = false;
    let kernel = null;
    let passing = null;

    // Says something once, to the eye and to the ear.
    function say(text, state) {
      if (state) element('status').dataset.state = state;
      put(element('status'), text);
      clearTimeout(passing);
    }

    // Says something that is of interest for a moment; then what holds is said again.
    function mention(text, state) {
      say(text, state);
      passing = setTimeout(() => {
        if (isPaused) say('Paused', 'waiting');
        else if (element('status').dataset.state === 'live') say('Live');
      }, 4000);
    }

    function connect() {
      if (source || isPaused || document.hidden) return;
      const opened = source = new EventSource('events');
      opened.onmessage = (event) => { if (source === opened) take(JSON.parse(event.data)); };
      opened.onerror = () => {
        if (source !== opened) return;
        say('Connection lost, trying again…', 'lost');
        wasLost = true;
        if (opened.readyState !== EventSource.CLOSED) return;
        source = null;
        tellRefusal();
        setTimeout(connect, 2000);
      };
    }

    // The browser keeps to itself why there is no stream.
    async function tellRefusal() {
      try {
        const answer = await fetch('events', { method: 'HEAD' });
        if (answer.status === 503) say('Too many pages look at this notebook: close one of them', 'lost');
      } catch { /* Nobody answers, which has been said. */ }
    }

    function disconnect() {
      source?.close();
      source = null;
    }

    function take(message) {
      told = { now: message.now, at: performance.now(), isVirtual: message.isVirtual ?? false };
      const isFirst = message.isFirst === true;
      if (isFirst) {
        if (wasLost) mention('Connected again', 'live'); else say('Live', 'live');
        wasLost = false;
      } else if (kernel !== message.kernel) {
        mention('The kernel was restarted', 'live');
      }
      kernel = message.kernel;
      if (message.addresses) {
        put(element('addresses'), message.addresses.join(' '));
        document.title = `Routebook ${message.addresses.map((name) => name.replace(/^http:\/\//, '')).join(' ')}`;
      }
      for (const [name, table] of Object.entries(tables)) {
        if (message[name] || isFirst) table.apply(message[name] ?? {}, isFirst);
      }
      if (message.isUntraced) put(element('traces-empty'), 'The notebook was started without traces.');
      if (isFirst && location.hash || shown.isOpen && message.traces) showTrace();
    }

    async function cancel(key, row) {
      if (row.isStopping) return;
      row.isStopping = true;
      const name = `${row.kind} ${row.name}`;
      try {
        const answer = await fetch(`activities/${key}/cancel`, { method: 'POST' });
        mention(answer.ok ? `Cancelled ${name}` : `${name}: ${(await answer.text()).trim()}`);
      } catch {
        mention(`${name} could not be cancelled: the notebook does not answer`);
      }
      row.isStopping = false;
    }

    element('pause').addEventListener('click', (event) => {
      isPaused = !isPaused;
      event.target.setAttribute('aria-pressed', `${isPaused}`);
      if (isPaused) { disconnect(); say('Paused', 'waiting'); } else { say('Connecting…', 'waiting'); connect(); }
    });
    document.addEventListener('visibilitychange', () => { if (document.hidden) disconnect(); else connect(); });
    setInterval(() => {
      if (!source) return;
      for (const table of Object.values(tables)) table.tick();
      if (shown.isOpen) showTrace();
    }, 1000);
    connect();

    """#
}
