// Where two lists of answers differ.

/** @typedef {{ at: string, original: unknown, ours: unknown }} Difference */

/**
 * The differences; a place is written `2.body.user.name`, the number being the answer's.
 * @param {unknown} original
 * @param {unknown} ours
 * @returns {Difference[]}
 */
export function differences(original, ours) {
  const a = flat(original);
  const b = flat(ours);
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((at) => a.get(at) !== b.get(at) || a.has(at) !== b.has(at))
    .map((at) => ({ at, original: a.get(at), ours: b.get(at) }));
}

/** @returns {Map<string, unknown>} each leaf by its place; an empty list or object is a leaf */
function flat(/** @type {unknown} */ value, at = "", all = new Map()) {
  const members = value !== null && typeof value === "object" ? Object.entries(value) : undefined;
  if (!members) return all.set(at, value);
  if (members.length === 0) return all.set(at, Array.isArray(value) ? "[]" : "{}");
  for (const [key, it] of members) flat(it, at ? `${at}.${key}` : key, all);
  return all;
}
