// Edits the fields of a document. A value is what REST v1 says it is, such as `{ integerValue: '1' }`; every type has a field
// of its own, and what cannot be read is refused before it is sent.

/** An element with properties and children. */
function make(tag, properties = {}, ...children) {
  const { label, ...rest } = properties;
  const element = Object.assign(document.createElement(tag), rest);
  if (label) element.setAttribute('aria-label', label);
  element.append(...children);
  return element;
}

const text = (value, label, more = {}) => make('input', { className: 'wide mono', value, label, autocomplete: 'off', spellcheck: false, ...more });

/** Reads a field, or marks it and says what is wrong. */
function checked(input, valid, what) {
  const value = input.value.trim();
  input.setAttribute('aria-invalid', String(!valid(value)));
  if (valid(value)) return value;
  input.focus();
  throw new Error(`“${value}” is no ${what}.`);
}

const DOUBLE = /^-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;
const TIME = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[-+]\d\d:\d\d)$/;

/** Of each type: its name in JSON, a value to begin with, its field, and how the field is read. */
const TYPES = {
  string: {
    json: 'stringValue', first: '',
    field: (value) => make('textarea', { value, rows: 1, label: 'Text', spellcheck: false }),
    read: (slot) => slot.firstChild.value,
  },
  integer: {
    json: 'integerValue', first: '0',
    field: (value) => text(value, 'Integer', { inputMode: 'numeric' }),
    read: (slot) => checked(slot.firstChild, (value) => /^-?\d+$/.test(value) && BigInt.asIntN(64, BigInt(value)) === BigInt(value), '64-bit integer'),
  },
  double: {
    json: 'doubleValue', first: 0,
    field: (value) => text(String(value), 'Number', { inputMode: 'decimal' }),
    read: (slot) => {
      const value = checked(slot.firstChild, (value) => DOUBLE.test(value) || /^(NaN|-?Infinity)$/.test(value), 'number');
      const number = Number(value);
      // JSON has neither infinities nor a negative zero; as text they are understood.
      return Number.isFinite(number) && !Object.is(number, -0) ? number : value;
    },
  },
  boolean: {
    json: 'booleanValue', first: false,
    field: (value) => {
      const select = make('select', { className: 'wide', label: 'Boolean' }, make('option', {}, 'false'), make('option', {}, 'true'));
      select.value = String(value);
      return select;
    },
    read: (slot) => slot.firstChild.value === 'true',
  },
  timestamp: {
    json: 'timestampValue', first: () => new Date().toISOString(),
    field: (value) => text(value, 'Time', { placeholder: '2026-01-31T12:00:00Z' }),
    read: (slot) => checked(slot.firstChild, (value) => TIME.test(value) && !Number.isNaN(Date.parse(value)), 'time like 2026-01-31T12:00:00Z').replace(' ', 'T'),
  },
  null: { json: 'nullValue', first: null, field: () => '', read: () => null },
  bytes: {
    json: 'bytesValue', first: '',
    field: (value) => make('textarea', { value, rows: 1, label: 'Base64', placeholder: 'Base64', spellcheck: false }),
    read: (slot) => checked(slot.firstChild, (value) => /^[-+/\w\s]*={0,2}$/.test(value), 'base64').replace(/\s/g, ''),
  },
  reference: {
    json: 'referenceValue', first: '',
    field: (value, root) => text(value.startsWith(`${root}/`) ? value.slice(root.length + 1) : value, 'Document', { placeholder: 'collection/document' }),
    read: (slot, root) => {
      const value = checked(slot.firstChild, (value) => value.split('/').length % 2 === 0, 'document');
      return value.startsWith('projects/') ? value : `${root}/${value}`;
    },
  },
  geopoint: {
    json: 'geoPointValue', first: {},
    field: ({ latitude = 0, longitude = 0 }) =>
      make('div', { className: 'pair' }, text(String(latitude), 'Latitude', { inputMode: 'decimal' }), text(String(longitude), 'Longitude', { inputMode: 'decimal' })),
    read: (slot) => {
      const [latitude, longitude] = [...slot.firstChild.children].map((input, index) =>
        Number(checked(input, (value) => DOUBLE.test(value) && Math.abs(value) <= (index ? 180 : 90), index ? 'longitude' : 'latitude')));
      return { latitude, longitude };
    },
  },
  array: {
    json: 'arrayValue', first: {},
    below: ({ values = [] }, root) => list(values.map((value) => [undefined, value]), root, 'Add element'),
    read: (slot, root, below) => ({ values: rows(below).map((row) => readRow(row, root)) }),
  },
  map: {
    json: 'mapValue', first: {},
    below: ({ fields = {} }, root) => list(sorted(fields), root, 'Add field'),
    read: (slot, root, below) => ({ fields: readList(below, root) }),
  },
};

const sorted = (fields) => Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
const rows = (list) => [...list.children].filter((row) => row.matches('.entry'));

/** Makes the editor of a document's fields; `root` is what begins the names of the database's documents. */
export function edit(fields, root) {
  return make('div', { className: 'editor' }, list(sorted(fields), root, 'Add field'));
}

/** Reads the fields back. Throws where something cannot be read, and puts the focus there. */
export function readFields(editor, root) {
  return readList(editor.querySelector('.list'), root);
}

function readList(below, root) {
  const fields = {};
  for (const row of rows(below)) {
    const input = row.querySelector('.key');
    const name = input.value;
    const problem = name === '' ? 'A field has no name.' : Object.hasOwn(fields, name) ? `Two fields are called “${name}”.` : undefined;
    input.setAttribute('aria-invalid', String(!!problem));
    if (problem) {
      input.focus();
      throw new Error(problem);
    }
    // A field may be called as what every object has.
    Object.defineProperty(fields, name, { value: readRow(row, root), enumerable: true });
  }
  return fields;
}

function readRow(row, root) {
  const type = TYPES[row.querySelector('.kind').value];
  return { [type.json]: type.read(row.querySelector('.slot'), root, row.querySelector(':scope > .below')?.firstChild) };
}

/** Rows one below the other, and a button for one more. Rows of an array have numbers instead of names. */
function list(entries, root, addLabel) {
  const isArray = addLabel === 'Add element';
  const all = make('div', { className: 'list' });
  const add = make('button', { type: 'button', className: 'quiet' }, `+ ${addLabel}`);
  add.addEventListener('click', () => {
    const row = entry(isArray ? undefined : '', { stringValue: '' }, root, renumber);
    add.before(row);
    renumber();
    row.querySelector(isArray ? '.slot *' : '.key').focus();
  });
  const renumber = () => {
    if (isArray) rows(all).forEach((row, index) => (row.querySelector('.index').textContent = index));
  };
  all.append(...entries.map(([name, value]) => entry(name, value, root, renumber)), add);
  renumber();
  return all;
}

function entry(name, value, root, removed) {
  const known = Object.entries(TYPES).find(([, { json }]) => json in value) ?? ['null', TYPES.null];
  const key = name === undefined ? make('span', { className: 'index' }) : make('input', { className: 'key', value: name, label: 'Field', placeholder: 'field', autocomplete: 'off', spellcheck: false });
  const kind = make('select', { className: 'kind', label: 'Type' }, ...Object.keys(TYPES)
    // An array holds no array.
    .filter((type) => name !== undefined || type !== 'array')
    .map((type) => make('option', {}, type)));
  kind.value = known[0];
  const slot = make('div', { className: 'slot' });
  const below = make('div', { className: 'below' });
  const remove = make('button', { type: 'button', className: 'quiet round', label: 'Remove' }, '×');
  const row = make('div', { className: 'entry' }, make('div', { className: 'row' }, key, kind, slot, remove), below);
  const show = (type, content) => {
    slot.replaceChildren(...(type.field ? [type.field(content, root)] : []));
    below.replaceChildren(...(type.below ? [type.below(content, root)] : []));
  };
  show(known[1], value[known[1].json]);
  kind.addEventListener('change', () => {
    const type = TYPES[kind.value];
    show(type, typeof type.first === 'function' ? type.first() : type.first);
  });
  remove.addEventListener('click', () => {
    const next = row.nextElementSibling?.querySelector('input, select') ?? row.nextElementSibling;
    row.remove();
    removed();
    next?.focus();
  });
  return row;
}
