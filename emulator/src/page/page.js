// Performs what the page's buttons and keys say. All HTML comes from the server; what is stored is never put into the page
// as anything but text.

import { edit, readFields } from './editor.js';
import { listen, refresh } from './live.js';

const $ = (selector, within = document) => within.querySelector(selector);

// --- REST ------------------------------------------------------------------------------------------------------------

/** The address of a resource such as `projects/p/databases/d/documents/c/x`. */
const rest = (name) => `/v1/${name.split('/').map(encodeURIComponent).join('/')}`;

/** The page of a resource. */
const pageOf = (name) => {
  const [, project, , database, , ...path] = name.split('/');
  return `/${[project, database, ...path].map(encode).join('/')}`;
};

/** As the server writes addresses: a segment of dots would be taken for a way up. */
const encode = (segment) => encodeURIComponent(segment).replace(/[.!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

async function call(method, url, body) {
  const response = await fetch(url, {
    method,
    headers: body ? { 'content-type': 'application/json' } : {},
    body: body && JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw Object.assign(new Error(answer.error?.message ?? response.statusText), { code: answer.error?.status });
  return answer;
}

// --- Messages --------------------------------------------------------------------------------------------------------

/** Says something at the bottom; `undo` is what its button does. */
function toast(text, undo) {
  const note = document.createElement('div');
  note.className = 'toast';
  note.append(Object.assign(document.createElement('span'), { textContent: text }));
  const button = Object.assign(document.createElement('button'), { type: 'button', textContent: undo ? 'Undo' : 'OK' });
  button.addEventListener('click', () => {
    note.remove();
    undo?.();
  });
  note.append(button);
  $('#toasts').replaceChildren(note);
  setTimeout(() => note.remove(), 12_000);
}

const failed = (error) => toast(error.message);

/** Opens a dialog and answers with what was returned to `close`, or nothing. */
function dialog(title, content, buttons) {
  const box = document.createElement('dialog');
  box.setAttribute('aria-labelledby', 'dialog-title');
  box.append(Object.assign(document.createElement('h2'), { id: 'dialog-title', textContent: title }), ...content);
  const bar = Object.assign(document.createElement('div'), { className: 'bar' });
  for (const [label, className, act] of buttons) {
    const button = Object.assign(document.createElement('button'), { type: 'button', className, textContent: label });
    button.addEventListener('click', () => act(box));
    bar.append(button);
  }
  box.append(bar);
  box.addEventListener('close', () => box.remove());
  document.body.append(box);
  box.showModal();
  return box;
}

const paragraph = (text) => Object.assign(document.createElement('p'), { textContent: text });

// --- What buttons do -------------------------------------------------------------------------------------------------

const acts = {
  browse(button) {
    const open = $('#tree').classList.toggle('open');
    button.setAttribute('aria-expanded', open);
  },

  theme(button) {
    const root = document.documentElement;
    const order = ['system', 'dark', 'light'];
    const next = order[(order.indexOf(root.dataset.theme) + 1) % order.length];
    root.dataset.theme = next;
    button.setAttribute('aria-label', `Theme: ${next}`);
    document.cookie = `theme=${next}; path=/; max-age=31536000; samesite=strict`;
  },

  keys() {
    const list = document.createElement('dl');
    for (const [key, what] of [
      ['/', 'Query the collection'], ['n', 'Add a document'], ['e', 'Edit the document'], ['t', 'Go to the tree'],
      ['↑ ↓ ← →', 'Move in the tree'], ['Ctrl Enter', 'Save'], ['Esc', 'Leave without saving'], ['?', 'This list'],
    ]) {
      const term = document.createElement('dt');
      term.append(Object.assign(document.createElement('kbd'), { textContent: key }));
      list.append(term, Object.assign(document.createElement('dd'), { textContent: what }));
    }
    dialog('Keyboard', [list], [['Close', 'primary', (box) => box.close()]]).querySelector('button').focus();
  },

  open(form) {
    const { project, database } = Object.fromEntries(new FormData(form));
    location.assign(`/${encode(project)}/${encode(database)}`);
  },

  condition() {
    const all = document.querySelectorAll('.condition');
    const last = all[all.length - 1];
    const next = last.cloneNode(true);
    for (const input of next.querySelectorAll('input')) input.value = '';
    last.after(next);
    $('input', next).focus();
  },

  async edit(button) {
    const { name } = button.dataset;
    const panel = $('#document');
    if (panel.querySelector('.editor')) return;
    const found = await call('GET', rest(name)).catch((error) => {
      if (error.code === 'NOT_FOUND') return { fields: {} };
      throw error;
    });
    const before = [...panel.childNodes];
    const leave = () => {
      panel.replaceChildren(...before);
      panel.classList.add('panel');
      refresh();
      $('[data-act="edit"]')?.focus();
    };
    const save = async () => {
      const fields = readFields(editor, root(name));
      // Nobody's change in between is lost: the document must be as it was when it was opened.
      const condition = found.updateTime ? `currentDocument.updateTime=${encodeURIComponent(found.updateTime)}` : 'currentDocument.exists=false';
      await call('PATCH', `${rest(name)}?${condition}`, { fields }).catch((error) => {
        if (error.code !== 'FAILED_PRECONDITION' && error.code !== 'ALREADY_EXISTS') throw error;
        throw new Error('Somebody changed this document meanwhile. Cancel to see it as it is now.');
      });
      leave();
    };
    const editor = edit(found.fields ?? {}, root(name));
    editor.append(saving(save, leave));
    panel.classList.add('panel');
    panel.replaceChildren(editor);
    $('input, button', editor)?.focus();
  },

  add(button) {
    const { parent, collection } = button.dataset;
    const editor = edit({}, root(parent));
    const ids = Object.assign(document.createElement('div'), { className: 'line' });
    const field = (label, required) => {
      const input = Object.assign(document.createElement('input'), { required, autocomplete: 'off', spellcheck: false });
      input.className = 'mono';
      if (!required) input.placeholder = 'made by the server';
      const around = Object.assign(document.createElement('label'), { textContent: `${label} ` });
      around.append(input);
      ids.append(around);
      return input;
    };
    const into = collection === undefined ? field('Collection', true) : undefined;
    const id = field('Document', false);
    const save = async () => {
      const target = into ? into.value.trim() : collection;
      if (!target) {
        into.focus();
        throw new Error('Please name the collection.');
      }
      const fields = readFields(editor, root(parent));
      const which = id.value.trim() ? `?documentId=${encodeURIComponent(id.value.trim())}` : '';
      const made = await call('POST', `${rest(`${parent}/${target}`)}${which}`, { fields });
      box.close();
      location.assign(pageOf(made.name));
    };
    const box = dialog(into ? 'Add a collection' : `Add to ${collection}`, [ids, editor, saving(save, () => box.close())], []);
    (into ?? id).focus();
  },

  async delete(button) {
    const { name } = button.dataset;
    const kept = await call('GET', rest(name));
    await call('DELETE', rest(name));
    const onItsPage = $('#document')?.dataset.name === name;
    if (!onItsPage) {
      refresh();
      offerUndo({ name, fields: kept.fields ?? {} });
      return;
    }
    sessionStorage.setItem('deleted', JSON.stringify({ name, fields: kept.fields ?? {} }));
    location.assign(pageOf(name.split('/').slice(0, -1).join('/')));
  },

  empty(button) {
    const { parent, collection } = button.dataset;
    const text = `All documents of “${collection}” will be deleted. This cannot be undone. What lies in collections below them stays.`;
    const box = dialog('Delete all documents?', [paragraph(text)], [
      ['Delete all', 'danger', async () => {
        box.close();
        await deleteAll(parent, collection).catch(failed);
        refresh();
      }],
      ['Keep them', 'primary', () => box.close()],
    ]);
    $('.primary', box).focus();
  },
};

const root = (name) => name.split('/').slice(0, 5).join('/');

/** The buttons below an editor. What goes wrong stands beside them. */
function saving(save, leave) {
  const bar = Object.assign(document.createElement('div'), { className: 'bar' });
  const button = Object.assign(document.createElement('button'), { type: 'button', className: 'primary', textContent: 'Save' });
  const cancel = Object.assign(document.createElement('button'), { type: 'button', textContent: 'Cancel' });
  const wrong = Object.assign(document.createElement('p'), { className: 'alert', hidden: true });
  wrong.setAttribute('role', 'alert');
  let saves = false;
  button.addEventListener('click', async () => {
    // Not disabled: the focus would be lost with it.
    if (saves) return;
    saves = true;
    wrong.hidden = true;
    await save().catch((error) => {
      wrong.textContent = error.message;
      wrong.hidden = false;
    });
    saves = false;
  });
  cancel.addEventListener('click', leave);
  bar.append(button, cancel, wrong);
  bar.save = button;
  bar.cancel = cancel;
  bar.classList.add('saving');
  return bar;
}

function offerUndo({ name, fields }) {
  toast(`Deleted ${name.split('/').slice(5).join('/')}`, async () => {
    const write = { update: { name, fields }, currentDocument: { exists: false } };
    await call('POST', `${rest(root(name))}:commit`, { writes: [write] }).catch(failed);
    refresh();
  });
}

async function deleteAll(parent, collection) {
  const list = `${rest(`${parent}/${collection}`)}?pageSize=300&mask.fieldPaths=__name__`;
  for (;;) {
    const { documents } = await call('GET', list);
    if (!documents) return;
    const writes = documents.map(({ name }) => ({ delete: name }));
    await call('POST', `${rest(root(parent))}:commit`, { writes });
  }
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-act]');
  if (button) Promise.resolve(acts[button.dataset.act](button)).catch(failed);
});

document.addEventListener('submit', (event) => {
  // An address without empty conditions can be read and shared. They come back with the page.
  const empty = [...event.target.querySelectorAll('.condition')].filter((condition) => !$('[name="field"]', condition).value.trim());
  for (const condition of empty) condition.disabled = true;
  setTimeout(() => empty.forEach((condition) => (condition.disabled = false)));
  const form = event.target.closest('form[data-act]');
  if (!form) return;
  event.preventDefault();
  acts[form.dataset.act](form);
});

// --- Keyboard --------------------------------------------------------------------------------------------------------

const keys = {
  '/': () => {
    const query = $('#query');
    if (!query) return false;
    query.open = true;
    $('input', query).focus();
  },
  n: () => press('[data-act="add"]'),
  e: () => press('[data-act="edit"]'),
  t: () => ($('#tree [aria-current]') ?? $('#tree a'))?.focus() ?? false,
  '?': () => acts.keys(),
};

function press(selector) {
  const button = $(selector);
  if (!button) return false;
  button.click();
}

document.addEventListener('keydown', (event) => {
  const bar = event.target.closest?.('.editor, dialog')?.querySelector('.saving') ?? $('#main .saving');
  if (bar && event.key === 'Enter' && (event.ctrlKey || event.metaKey)) bar.save.click();
  if (bar && event.key === 'Escape' && !event.target.closest('dialog')) bar.cancel.click();
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea, select, dialog')) return;
  if (event.target.closest('#tree') && moveInTree(event)) return;
  const act = keys[event.key];
  if (act && act() !== false) event.preventDefault();
});

/** Arrows lead along the tree as it is seen; left leads up, right leads down. */
function moveInTree(event) {
  const links = [...document.querySelectorAll('#tree a')];
  const here = event.target.closest('li');
  const target = {
    ArrowDown: () => links[links.indexOf(event.target) + 1],
    ArrowUp: () => links[links.indexOf(event.target) - 1],
    Home: () => links[0],
    End: () => links[links.length - 1],
    ArrowLeft: () => here.parentElement.closest('li')?.querySelector('a'),
    ArrowRight: () => here.querySelector(':scope > ul a') ?? (event.target.click(), undefined),
  }[event.key];
  if (!target) return false;
  event.preventDefault();
  target()?.focus();
  return true;
}

// --- Start -----------------------------------------------------------------------------------------------------------

const deleted = sessionStorage.getItem('deleted');
sessionStorage.removeItem('deleted');
if (deleted) offerUndo(JSON.parse(deleted));
listen();
$('#main').dataset.ready = '';
