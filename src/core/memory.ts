import { getHeapStatistics } from 'node:v8';

// process.memoryUsage() reads /proc: after a chroot it throws.

/** Bytes of memory that the process has resident. In a chroot without /proc: the most it ever had, which the kernel tells without a file. */
export function residentMemory(): number {
  try {
    return process.memoryUsage.rss();
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

/** Bytes of this thread's JavaScript: in use, and outside the heap. */
export function heapMemory(): { readonly heapUsed: number; readonly external: number } {
  const { used_heap_size: heapUsed, external_memory: external } = getHeapStatistics();
  return { heapUsed, external };
}
