'use strict';

/** Offers by id, and their targets with {macros} filled in. A macro without a value becomes empty. */
class Offers {
  #byId;

  constructor(list) {
    this.#byId = new Map(list.map((offer) => [offer.id, offer]));
  }

  get active() {
    return [...this.#byId.values()].filter((offer) => offer.active).length;
  }

  target(id, values) {
    const offer = this.#byId.get(id);
    if (!offer?.active) {
      return null;
    }

    // Encoded, so that a value can neither add parameters nor change the host.
    return new URL(offer.target.replace(/\{([a-z_]+)\}/g, (_, name) => encodeURIComponent(Object.hasOwn(values, name) ? values[name] : '')));
  }
}

module.exports = { Offers };
