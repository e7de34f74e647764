
/* Zoom, pan and a cursor over the sensors' charts. It adds to charts that are complete without it. All
   it knows of the rig is in the page's data, so that its bytes, and their hash in the policy, are the
   same for every report. */
(() => {
  'use strict';
  var DAY = 864e5, H = 144, A = '';
  for (var i = 33; i < 127; i++) if (' "&<\\'.indexOf(String.fromCharCode(i)) < 0) A += String.fromCharCode(i);
  var code = {};
  for (i = 0; i < 90; i++) code[A[i]] = i;
  function each(list, f) { Array.prototype.forEach.call(list, f); }
  function set(e, name, value) { e.setAttribute(name, value); }
  function svg(name, parent, attributes) {
    var e = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (var k in attributes) set(e, k, attributes[k]);
    return parent.appendChild(e);
  }

  // Wide tables are tab stops only while they overflow.
  function regions() {
    each(document.querySelectorAll('.tw'), (e) => {
      if (e.scrollWidth > e.clientWidth + 1) e.tabIndex = 0; else e.removeAttribute('tabindex');
    });
  }
  regions();
  addEventListener('resize', regions);
  each(document.querySelectorAll('details'), (e) => { e.addEventListener('toggle', regions); });

  each(document.querySelectorAll('.sms'), (box) => {
    var section = box.parentNode, data = JSON.parse(section.querySelector('.data').textContent);
    var bar = section.querySelector('.bar'), out = bar.querySelector('.out'), jump = bar.querySelector('.jump');
    var days = data.days, x0 = 0, x1 = days, cur = -1, least = Math.min(14, days);
    var byIndex = {}, plots = [], ids = section.id.split('-')[0];
    each(data.sensors, (s) => { byIndex[s.i] = s; });

    function iso(d) { return new Date((data.start + d) * DAY).toISOString().slice(0, 10); }
    function cohortAt(d) {
      for (var i = data.cohorts.length; i--;) {
        var c = data.cohorts[i];
        if (d >= c[1]) return d < c[1] + c[2] ? c : null;
      }
      return null;
    }
    // The values of a sensor by day: [low, median, high] as whole numbers; undefined where there are none.
    function values(s) {
      if (s.a) return s.a;
      var at = 0, median = 0;
      function next() {
        var v = 0, m = 1, c = code[s.v[at++]];
        for (; c >= 64; c = code[s.v[at++]]) { v += (c - 64) * m; m *= 26; }
        return v + c * m;
      }
      s.a = [];
      each(data.cohorts, (c) => {
        for (var d = 0; d < c[2]; d++) {
          var n = next();
          if (!n--) continue;
          median += n % 2 ? -(n + 1) / 2 : n / 2;
          var low = median - next();
          s.a[c[1] + d] = [low, median, median + next()];
        }
      });
      return s.a;
    }
    function text(v, s) {
      var t = (Math.abs(v) / Math.pow(10, s.d)).toFixed(s.d).split('.');
      t[0] = t[0].replace(/\B(?=(\d{3})+$)/g, ',');
      return (v < 0 ? '−' : '') + t.join('.');
    }
    // The worst state of a day.
    function worst(k, d) {
      var c = cohortAt(d), found = -1;
      if (!c) return '';
      var from = (d - c[1]) * c[4], runs = data.profiles[c[3]][k], row = 0;
      for (var i = 0; i < runs.length && row < from + c[4]; i += 2) {
        if (row + runs[i + 1] > from && (found < 0 || data.ranks[k][runs[i]] > data.ranks[k][found])) found = runs[i];
        row += runs[i + 1];
      }
      return found < 0 ? '' : data.states[k][1][found];
    }

    each(box.querySelectorAll('.sm'), (f) => {
      var pl = f.querySelector('.pl');
      if (!pl) return;
      var p = { f: f, pl: pl, z: f.querySelector('.z'), gz: f.querySelector('.gz'), s: byIndex[f.dataset.s], k: f.dataset.c,
        ro: f.querySelector('.ro'), yx: f.querySelectorAll('.yx span') };
      p.ro0 = p.ro.innerHTML;
      p.box = p.z.getAttribute('viewBox');
      if (p.s) {
        p.b = p.z.querySelector('.b'); p.m = p.z.querySelector('.m');
        p.b0 = p.b.getAttribute('d'); p.m0 = p.m.getAttribute('d');
        p.y0 = [p.yx[0].textContent, p.yx[1].textContent];
      }
      p.sel = svg('rect', pl, { 'class': 'sel', y: 0, height: '100%', width: 0 });
      p.line = svg('line', pl, { 'class': 'cur', y1: 0, y2: '100%', visibility: 'hidden' });
      plots.push(p);
    });

    // Draws the days in view, on a scale of their own.
    function fine(p) {
      var v = values(p.s), low = Infinity, high = -Infinity, b = '', m = '', d, e;
      for (d = x0; d < x1; d++) if (v[d]) { low = Math.min(low, v[d][0]); high = Math.max(high, v[d][2]); }
      if (low > high) { set(p.b, 'd', ''); set(p.m, 'd', ''); return; }
      if (low === high) { low--; high++; }
      function y(n) { return Math.round((high - n) / (high - low) * H * 10) / 10; }
      for (d = x0; d < x1; d = e) {
        for (e = d; e < x1 && v[e]; e++);
        if (e === d) { e++; continue; }
        var up = 'M' + d + ' ' + y(v[d][2]), down = '', line = 'M' + d + ' ' + y(v[d][1]);
        for (var i = d; i < e; i++) {
          up += 'V' + y(v[i][2]) + 'H' + (i + 1);
          line += 'V' + y(v[i][1]) + 'H' + (i + 1);
          down = 'V' + y(v[i][0]) + 'H' + i + down;
        }
        b += up + down + 'z'; m += line;
      }
      set(p.b, 'd', b); set(p.m, 'd', m);
      set(p.z, 'viewBox', x0 + ' 0 ' + (x1 - x0) + ' ' + H);
      p.yx[0].textContent = text(high, p.s); p.yx[1].textContent = text(low, p.s);
    }
    function coarse(p) {
      set(p.b, 'd', p.b0); set(p.m, 'd', p.m0);
      p.yx[0].textContent = p.y0[0]; p.yx[1].textContent = p.y0[1];
      set(p.z, 'viewBox', x0 + ' 0 ' + (x1 - x0) + ' ' + H);
    }
    var axes = [];
    each(box.querySelectorAll('.hd .yr'), (g) => { axes.push({ g: g, html: g.innerHTML }); });
    function ticks() {
      var span = x1 - x0, step = 0, t = '', whole = span === days;
      each([1, 2, 3, 6, 12, 24, 60, 120], (s) => { if (!step && span <= s * 300) step = s; });
      function put(d, label, i) {
        var x = (d - x0) / span * 100;
        if (x < 2 || x > 98) return;
        t += '<line x1="' + x + '%" x2="' + x + '%" y1="0" y2="4"/><text x="' + x + '%" y="16"' + (i % 2 ? ' class="odd"' : '') + '>' + label + '</text>';
      }
      if (!whole && span <= 100) for (var d = x0, n = Math.ceil(span / 10); d < x1; d += n) put(d + .5, iso(d).slice(5), (d - x0) / n);
      else if (!whole) {
        var first = new Date((data.start + x0) * DAY), at = first.getUTCFullYear() * 12 + first.getUTCMonth();
        for (var i = 0; i < 14; i++) {
          var month = Math.ceil(at / step) * step + i * step, date = Date.UTC(Math.floor(month / 12), month % 12, 1) / DAY - data.start;
          if (date < x1) put(date, iso(date).slice(0, step > 11 ? 4 : 7), i);
        }
      }
      each(axes, (a) => { a.g.innerHTML = whole ? a.html : t; });
    }
    function draw() {
      var whole = x1 - x0 === days;
      each(plots, (p) => {
        if (!p.s) {
          set(p.z, 'viewBox', x0 + ' 0 ' + (x1 - x0) + ' 8');
          each(p.z.querySelectorAll('use'), (u, i) => {
            var id = '#' + ids + '-f' + data.cohorts[i][3] + '-' + p.k;
            if (!u.dataset.w) u.dataset.w = u.getAttribute('href');
            set(u, 'href', x1 - x0 <= 460 && document.querySelector(id) ? id : u.dataset.w);
          });
          return;
        }
        set(p.gz, 'viewBox', x0 + ' 0 ' + (x1 - x0) + ' 1');
        if (!whole && x1 - x0 <= 1600) fine(p); else coarse(p);
      });
      ticks();
      cursor(cur);
    }
    function say(t) { out.textContent = t; }
    function cursor(d) {
      cur = d >= x0 && d < x1 ? d : -1;
      each(plots, (p) => {
        var x = (cur + .5 - x0) / (x1 - x0) * 100 + '%';
        set(p.line, 'visibility', cur < 0 ? 'hidden' : 'visible');
        if (cur < 0) { if (p.shown) p.ro.innerHTML = p.ro0; p.shown = false; return; }
        p.shown = true;
        set(p.line, 'x1', x); set(p.line, 'x2', x);
        var b = p.ro.querySelector('b'), s = p.ro.querySelector('span'), v = p.s && values(p.s)[cur];
        b.textContent = p.s ? (v ? text(v[1], p.s) + ' ' + p.s.u : 'no values') : worst(p.k, cur);
        s.textContent = v ? text(v[0], p.s) + ' to ' + text(v[2], p.s) : '';
      });
      if (cur < 0) return say(x1 - x0 === days ? 'Drag over a chart to zoom in; arrow keys move the cursor.' : iso(x0) + ' to ' + iso(x1 - 1));
      var c = cohortAt(cur);
      say(iso(cur) + (c ? ', cohort ' + c[0] + ', day ' + (cur - c[1] + 1) + ' of ' + c[2] : ', no cohort'));
    }
    function range(a, b) {
      var w = Math.max(least, Math.min(days, Math.round(b - a)));
      x0 = Math.max(0, Math.min(days - w, Math.round(a)));
      x1 = x0 + w;
      draw();
    }
    function zoom(f) {
      var w = (x1 - x0) * f, m = cur >= 0 ? cur : (x0 + x1) / 2, q = (m - x0) / (x1 - x0);
      range(m - w * q, m + w * (1 - q));
    }
    function pan(f) { var s = Math.round((x1 - x0) * f); range(x0 + s, x1 + s); }
    function go(d) {
      d = Math.max(0, Math.min(days - 1, d));
      if (d < x0 || d >= x1) range(d - (x1 - x0) / 2, d + (x1 - x0) / 2);
      cursor(d);
    }
    var act = {
      all: () => { range(0, days); }, 'in': () => { zoom(.5); }, out: () => { zoom(2); },
      l: () => { pan(-.5); }, r: () => { pan(.5); }
    };
    bar.addEventListener('click', (e) => { if (act[e.target.dataset.z]) act[e.target.dataset.z](); });
    jump.addEventListener('change', () => {
      var d = /^\d{4}-\d\d-\d\d$/.test(jump.value) ? Math.round(Date.parse(jump.value) / DAY) - data.start : NaN;
      if (!(d >= 0 && d < days)) return say('A date from ' + iso(0) + ' to ' + iso(days - 1));
      if (x1 - x0 > 368) range(d - 184, d + 184);
      go(d);
    });
    box.addEventListener('keydown', (e) => {
      var s = e.shiftKey ? data.cohorts[0][2] : 1, c = cur < 0 ? Math.round((x0 + x1) / 2) : cur;
      var f = {
        ArrowLeft: () => { go(c - s); }, ArrowRight: () => { go(c + s); }, Home: () => { go(0); },
        End: () => { go(days - 1); }, '+': act.in, '=': act.in, '-': act.out,
        Escape: () => { cursor(-1); act.all(); }
      }[e.key];
      if (f && !e.ctrlKey && !e.metaKey && !e.altKey) { e.preventDefault(); f(); }
    });
    var from = -1, touches = {};
    each(plots, (p) => {
      function at(e) {
        var r = p.pl.getBoundingClientRect();
        return Math.max(x0, Math.min(x1 - 1, Math.floor(x0 + (e.clientX - r.left) / r.width * (x1 - x0))));
      }
      function mark(a, b) {
        each(plots, (q) => {
          set(q.sel, 'x', (Math.min(a, b) - x0) / (x1 - x0) * 100 + '%');
          set(q.sel, 'width', Math.abs(b - a) / (x1 - x0) * 100 + '%');
        });
      }
      function pinch() {
        var k = Object.keys(touches);
        return k.length === 2 ? Math.abs(touches[k[0]] - touches[k[1]]) : 0;
      }
      p.pl.addEventListener('pointermove', (e) => {
        if (touches[e.pointerId] !== undefined) {
          var was = pinch();
          touches[e.pointerId] = e.clientX;
          if (was > 20 && pinch() > 20) return zoom(was / pinch());
        }
        cursor(at(e));
        if (from >= 0) mark(from, at(e));
      });
      p.pl.addEventListener('pointerleave', (e) => { if (from < 0 && e.pointerType === 'mouse') cursor(-1); });
      p.pl.addEventListener('pointerdown', (e) => {
        if (e.pointerType === 'mouse') { from = at(e); p.pl.setPointerCapture(e.pointerId); }
        else { touches[e.pointerId] = e.clientX; cursor(at(e)); }
      });
      function end(e) {
        var a = from, b = at(e);
        from = -1;
        delete touches[e.pointerId];
        mark(0, 0);
        if (e.type === 'pointerup' && a >= 0 && Math.abs(b - a) > (x1 - x0) / 100) range(Math.min(a, b), Math.max(a, b) + 1);
      }
      p.pl.addEventListener('pointerup', end);
      p.pl.addEventListener('pointercancel', end);
      p.pl.addEventListener('wheel', (e) => {
        if (e.ctrlKey) { e.preventDefault(); zoom(e.deltaY < 0 ? .7 : 1.4); }
      }, { passive: false });
    });
    bar.hidden = false;
    cursor(-1);
  });
})();
