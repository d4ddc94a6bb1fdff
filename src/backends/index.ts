export type { Backends, Balancer, Farm } from './backend.js';
export { createBackends } from './assign.js';
export { initState, serverState, setServerState, setServerWeight, STATE_NAMES } from './state.js';
export { balancers } from './balance/index.js';
export { CHECKS_IN_FLIGHT, startChecks, type CheckChange, type Checks } from './check/start.js';
export type { CheckFigures } from './check/figures.js';
