extension InspectorPage {
  /// The three tables: rows are made once and changed where they stand, so that the focus stays where it is. Whatever comes
  /// from users goes into the page as text.
  static let tableScript = #"""
    const element = (id) => document.getElementById(id);
    const make = (name, properties = {}, ...children) => {
      const made = Object.assign(document.createElement(name), properties);
      made.append(...children);
      return made;
    };
    const put = (node, text) => { if (node.textContent !== text) node.textContent = text; };

    function duration(ms) {
      if (ms === undefined) return '';
      if (ms < 1) return ms > 0 ? '<1 ms' : '0 ms';
      if (ms < 999.5) return `${Math.round(ms)} ms`;
      if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`;
      if (ms < 120000) return `${Math.round(ms / 1000)} s`;
      if (ms < 7200000) return `${Math.round(ms / 60000)} min`;
      return `${Math.round(ms / 3600000)} h`;
    }
    const age = (ms) => ms < 1000 ? '<1 s' : ms < 120000 ? `${Math.floor(ms / 1000)} s` : duration(ms);
    const place = (row) =>
      row.cell === undefined ? '' : `[${row.cell}]` + (row.line === undefined ? '' : `:${row.line}`);
    const isBad = (outcome) => outcome === 'failed' || /^5\d\d$/.test(outcome ?? '');

    // The notebook's clock, in milliseconds: as it was told last, and how long ago that was.
    let told = { now: 0, at: 0, isVirtual: false };
    const now = () => told.now + (told.isVirtual ? 0 : performance.now() - told.at);

    class Table {
      // prepare(cells, key, row) is called for a new row, fill(cells, data, row) with what it is to show, and
      // age(cells, data, row) each second.
      constructor(name, columns, { fill, age = () => {}, prepare = () => {} }) {
        Object.assign(this, { name, columns, fill, age, prepare });
        this.body = element(name);
        this.rows = new Map();
        this.hidden = 0;
      }

      apply({ set = {}, order, hidden }, isFirst) {
        if (isFirst) order ??= [];
        for (const [key, data] of Object.entries(set)) {
          const row = this.rows.get(key) ?? this.add(key);
          row.data = data;
          this.fill(row.cells, data, row);
        }
        if (order) this.arrange(order, hidden ?? 0);
        this.tick();
      }

      add(key) {
        const cells = this.columns.map((type) =>
          make(type.startsWith('th') ? 'th' : 'td', { className: type.replace(/^th ?/, '') }));
        if (cells[0].tagName === 'TH') cells[0].scope = 'row';
        const row = { cells, node: make('tr', {}, ...cells), data: {} };
        row.node.dataset.key = key;
        this.rows.set(key, row);
        this.prepare(cells, key, row);
        return row;
      }

      arrange(order, hidden) {
        const wanted = new Set(order);
        const active = document.activeElement;
        for (const [key, row] of this.rows) {
          if (wanted.has(key)) continue;
          if (row.node.contains(active)) this.passFocus(row.node);
          row.node.remove();
          this.rows.delete(key);
        }
        let next = this.body.firstChild;
        for (const key of order) {
          const node = this.rows.get(key)?.node;
          if (!node) continue;
          if (node === next) next = next.nextSibling;
          else this.move(node, next);
        }
        const count = order.length;
        element(`${this.name}-empty`).hidden = count > 0;
        element(`${this.name}-scroller`).hidden = count === 0;
        put(element(`${this.name}-count`), `${count + hidden}`);
        const more = element(`${this.name}-more`);
        more.hidden = hidden === 0;
        put(more, `… and ${hidden} more`);
      }

      // What moves keeps the focus.
      move(node, next) {
        const active = node.contains(document.activeElement) ? document.activeElement : null;
        this.body.insertBefore(node, next);
        active?.focus({ preventScroll: true });
      }

      // A row with the focus goes: the one after it gets it, or the one before, or the heading.
      passFocus(node) {
        const button = (row) => row?.querySelector('button');
        (button(node.nextSibling) ?? button(node.previousSibling) ?? element(`${this.name}-heading`))
          .focus({ preventScroll: true });
      }

      tick() { for (const row of this.rows.values()) this.age(row.cells, row.data, row); }
    }

    const svg = (name) => document.createElementNS('http://www.w3.org/2000/svg', name);

    // Requests in each of the last sixty seconds, the present one at the right.
    function sparkline(row, cell) {
      if (row.data.second === undefined) return;
      const ahead = Math.floor(now() / 1000) - row.data.second;
      const counts = row.data.rate.map((count, past) => ({ count, past: past + ahead })).filter((bar) => bar.past < 60);
      const most = Math.max(...counts.map((bar) => bar.count), 0);
      const path = counts.filter((bar) => bar.count > 0).map(({ count, past }) => {
        const height = Math.max(1.5, 20 * count / Math.max(most, 4));
        return `M${(59 - past) * 2} 20v${-height.toFixed(1)}h1.6v${height.toFixed(1)}z`;
      }).join('');
      if (path === row.path) return;
      row.path = path;
      if (!row.spark) {
        row.spark = svg('svg');
        row.spark.setAttribute('viewBox', '0 0 120 20');
        row.spark.setAttribute('class', 'spark');
        row.spark.setAttribute('role', 'img');
        row.spark.append(svg('title'), svg('path'));
        cell.append(row.spark);
      }
      const sum = counts.reduce((sum, bar) => sum + bar.count, 0);
      const words = sum === 0 ? 'none in the last minute' : `${sum} in the last minute, ${most} a second at most`;
      row.spark.setAttribute('aria-label', words);
      row.spark.firstChild.textContent = words;
      row.spark.lastChild.setAttribute('d', path);
    }

    const tables = {
      routes: new Table('routes',
        ['', 'th name', 'minor soft', 'number', 'number', 'number least', 'number minor', 'number', 'minor'], {
        fill(cells, row) {
          const texts = [row.method, row.pattern, place(row), row.hits, row.errors, duration(row.p50),
            duration(row.p90), duration(row.p99)];
          texts.forEach((text, index) => put(cells[index], `${text}`));
          cells[4].classList.toggle('bad', row.errors > 0);
        },
        age(cells, data, row) { sparkline(row, cells[8]); },
      }),
      activities: new Table('activities', ['least', 'th name', 'soft', 'minor soft', 'number', ''], {
        prepare(cells, key, row) {
          const button = make('button', { type: 'button', textContent: 'Cancel' });
          button.addEventListener('click', () => cancel(key, row.data));
          cells[5].append(button);
        },
        fill(cells, row) {
          [row.kind, row.name, place(row), row.waitsFor ?? ''].forEach((text, index) => put(cells[index], text));
          cells[5].firstChild.setAttribute('aria-label', `Cancel ${row.kind} ${row.name}`);
        },
        age(cells, row) { put(cells[4], age(now() - row.began)); },
      }),
      traces: new Table('traces', ['', 'th name', 'minor soft', '', 'number', 'number minor soft'], {
        prepare(cells, key) {
          const button = make('button', { type: 'button', textContent: key });
          button.addEventListener('click', () => { location.hash = `trace-${key}`; });
          cells[0].append(button);
        },
        fill(cells, row) {
          cells[0].firstChild.setAttribute('aria-label', `Show trace ${row.number}, ${row.title}`);
          [row.title, row.cell === undefined ? '' : `[${row.cell}]`, row.outcome ?? (row.isOpen ? 'under way' : '')]
            .forEach((text, index) => put(cells[index + 1], text));
          cells[3].classList.toggle('bad', isBad(row.outcome));
        },
        age(cells, row) {
          const since = now() - row.began;
          put(cells[4], row.isOpen ? `${age(since)}…` : duration(row.duration));
          put(cells[5], age(since));
        },
      }),
    };

    """#
}
