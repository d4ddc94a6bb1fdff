export { startResolver, type AddressQuestion, type Resolver } from './resolver/start.js';
export { followHealth } from './slowstart.js';
export type { Backends, Balancer, Farm } from './backend.js';
export { createBackends, type BackendParts } from './assign.js';
export { initState, serverState, setServerState, setServerWeight, STATE_NAMES } from './state.js';
export { SMALL } from './server.js';
export { balancers, isDynamic } from './balance/index.js';
export { startChecks, type Checks } from './check/start.js';
export { ServerStates, type StateListener, type StatesParts } from './server_states.js';
