// How cases are written down.

/**
 * What is done to both servers, and compared answer by answer.
 * @typedef {object} Case
 * @property {string} name
 * @property {string} profile whose settings the servers have
 * @property {(side: import("../side.mjs").Side) => Promise<unknown>} run
 */

/**
 * A single request.
 * @param {string} name
 * @param {string} who see `Side.actor`
 * @param {import("../side.mjs").Request | ((actor: import("../side.mjs").Actor, side: import("../side.mjs").Side) => import("../side.mjs").Request)} request
 * @param {string} [profile]
 * @returns {Case}
 */
export function one(name, who, request, profile = "plain") {
  return {
    name,
    profile,
    run: async (side) => {
      const actor = await side.actor(who);
      await side.send(typeof request === "function" ? request(actor, side) : request, actor);
    },
  };
}

/**
 * Several requests.
 * @param {string} name
 * @param {Case["run"]} run
 * @param {string} [profile]
 * @returns {Case}
 */
export const flow = (name, run, profile = "plain") => ({ name, profile, run });
