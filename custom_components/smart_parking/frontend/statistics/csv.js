/** Tables as files for spreadsheets. */

/** With these a table program begins a formula, as `text_input.py` knows them. */
const FORMULA = /^[\p{C}\p{M}\p{Z}\u115f\u1160\u3164\uffa0\u2800]*[=+\-@\u2212]|^[\t\r\n]/u;

/** @param {unknown} value */
function cell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return String(value);
  const text = FORMULA.test(value.normalize("NFKC").replace(/^'+/, "")) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Rows as comma-separated values (RFC 4180), below a line that names the columns.
 * @param {object[]} rows
 */
export function asCsv(rows) {
  const names = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) =>
    names.map((name) => cell(/** @type {Record<string, unknown>} */ (row)[name])).join(","),
  );
  return [names.join(","), ...lines, ""].join("\r\n");
}

/**
 * Hands a text to the user as a file.
 * @param {string} name
 * @param {string} text
 */
export function save(name, text) {
  // The mark tells table programs in which letters it is written.
  const file = new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
