// What each tenant has and charges. It never changes while the process runs, so that every instance answers the same.
'use strict';
const tenants = new Map(Object.entries(require('./tenants.json')));

/** The error for everything that the client can repair. */
class BadRequest extends Error {}

function customers(tenant) {
  return { customers: tenants.get(tenant)?.customers ?? [] };
}

/** What a stay costs: each pet after the first at half the price. */
function quote(tenant, query) {
  const { currency, night } = tenants.get(tenant) ?? raise(`the tenant ${tenant} has no prices`);
  const [nights, pets] = [count(query, 'nights'), count(query, 'pets')];
  return { nights, pets, total: nights * (night + (pets - 1) * night / 2), currency };
}

function count(query, name) {
  const value = Number(query.get(name) ?? 1);
  return Number.isInteger(value) && value >= 1 && value <= 365 ? value : raise(`${name} must be a number from 1 to 365`);
}

function raise(message) {
  throw new BadRequest(message);
}

module.exports = { customers, quote, BadRequest };
