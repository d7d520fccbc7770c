// Keeps what is shown up to date: an event says that something changed, and the page is asked for again.

let asking = false;
let again = false;

/** Asks for this page again and puts in what is new. An open editor is left alone. */
export async function refresh() {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  try {
    const response = await fetch(location.href, { headers: { accept: 'text/html' } });
    const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
    for (const id of ['main', 'tree']) {
      const [old, now] = [document.getElementById(id), fresh.getElementById(id)];
      if (old && now) morph(old, now);
    }
  } catch {
    // The stream of events says that the server is away.
  } finally {
    asking = false;
  }
  if (again) {
    again = false;
    await refresh();
  }
}

/** Makes `old` like `now`, touching only what differs: focus, selection and open details stay. */
function morph(old, now) {
  if (old.querySelector?.(':scope > .editor') || old.id === 'query') return;
  for (const { name, value } of now.attributes) {
    if (name === 'data-version' && old.dataset.version !== value) flash(old);
    if (old.getAttribute(name) !== value && !(name === 'open' && old.nodeName === 'DETAILS')) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (!now.hasAttribute(name) && !['open', 'style', 'class'].includes(name)) old.removeAttribute(name);
  }
  const keyed = new Map([...old.children].filter((child) => child.dataset.key !== undefined).map((child) => [child.dataset.key, child]));
  let at = old.firstChild;
  for (const wanted of [...now.childNodes]) {
    const key = wanted.dataset?.key;
    const same = key !== undefined ? keyed.get(key) : at && at.nodeName === wanted.nodeName && at.dataset?.key === undefined ? at : undefined;
    if (!same) {
      const made = document.importNode(wanted, true);
      old.insertBefore(made, at);
      if (key !== undefined && keyed.size) flash(made);
      continue;
    }
    if (same !== at) old.insertBefore(same, at);
    else at = at.nextSibling;
    if (same.nodeType === Node.ELEMENT_NODE) morph(same, wanted);
    else if (same.data !== wanted.data) same.data = wanted.data;
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

function flash(element) {
  if (element.nodeType !== Node.ELEMENT_NODE || element.closest('#tree')) return;
  element.classList.add('changed');
  element.addEventListener('animationend', () => element.classList.remove('changed'), { once: true });
}

/** Hears of changes, and says whether the server is there. */
export function listen() {
  const sign = document.getElementById('live');
  const say = (on, text) => {
    sign.hidden = false;
    sign.classList.toggle('on', on);
    if (sign.textContent !== text) sign.textContent = text;
  };
  const events = new EventSource(`/events?of=${document.body.dataset.live}`);
  let lost = false;
  events.addEventListener('open', () => {
    say(true, 'Live');
    if (lost) refresh();
    lost = false;
  });
  events.addEventListener('change', () => refresh());
  events.addEventListener('error', () => {
    lost = true;
    say(false, 'Server away');
  });
}
