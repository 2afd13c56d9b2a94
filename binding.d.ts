/**
 * The whole contract between `lib/` (TypeScript) and `native/` (C++).
 * What crosses is a Plan, once, and typed arrays, per call. No tensor handle reaches JavaScript.
 */

/** The half-precision types exist between ops only: what goes in or out is cast first. */
export type DType = 'float32' | 'int32' | 'uint8' | 'bool' | 'bfloat16' | 'float16'

/** null is the batch axis, whose length is known only when a Program runs. */
export type Shape = readonly (number | null)[]

export type TypedArray = Float32Array | Int32Array | Uint8Array

/** A setting of an op. */
export type Attribute = boolean | number | string | readonly number[]

/** Settings of an op in a Plan, by name. */
export type Attributes = Readonly<Record<string, Attribute>>

/** Index into `Plan.values`. */
export type ValueId = number

/** Name of a weight in the Store; unique in a process. */
export type WeightId = number

export interface PlanValue {
  readonly shape: Shape
  readonly dtype: DType
}

export interface PlanInput {
  readonly value: ValueId
  readonly name: string
  /** Reject NaN and infinity before anything runs. */
  readonly requireFinite: boolean
}

/** One op applied to values. */
export interface PlanNode {
  readonly op: string
  readonly inputs: readonly ValueId[]
  readonly outputs: readonly ValueId[]
  readonly attributes: Attributes
  /** Whose op this is, for error messages: `Conv2D "conv2d_3"`. */
  readonly scope: string
  /** Autograd records this node: it lies between the ends of a later `gradients` node. */
  readonly differentiable: boolean
  /** Values that nobody uses after this node. */
  readonly release: readonly ValueId[]
}

/** A change of weights. All updates of a phase happen after all its nodes, in this order. */
export interface PlanUpdate {
  readonly op: string
  /** Weights that change. */
  readonly weights: readonly WeightId[]
  /** State that belongs to the update (moments, step counts) and changes with it. */
  readonly slots: readonly WeightId[]
  readonly inputs: readonly ValueId[]
  readonly attributes: Attributes
}

export interface PlanPhase {
  readonly name: string
  /** Weights that this phase reads, as they are when it begins. */
  readonly weights: readonly { readonly weight: WeightId; readonly value: ValueId }[]
  readonly nodes: readonly PlanNode[]
  readonly updates: readonly PlanUpdate[]
  /** Its values stay from run to run, until some weight of the Store changes. */
  readonly kept?: boolean
}

export interface Plan {
  readonly values: readonly PlanValue[]
  readonly inputs: readonly PlanInput[]
  /** Run one after the other in one call; values flow from phase to phase. */
  readonly phases: readonly PlanPhase[]
  readonly outputs: readonly ValueId[]
}

export interface MemoryStats {
  /** Bytes in use by tensors. */
  readonly allocated: number
  /** Bytes kept for reuse. */
  readonly cached: number
  /** Largest `allocated` since the process began or `emptyCache` was called. */
  readonly peak: number
  /** Bytes that the system can still give, beside those kept for reuse. */
  readonly available: number
}

export interface RuntimeInfo {
  /** The version of the libtorch that is open, whatever the addon was compiled for. */
  readonly libtorch: string
  /** The version of the libtorch that the addon was compiled for. */
  readonly builtFor: string
  /** The version of gantorch, as in package.json, that the addon belongs to. */
  readonly gantorch: string
  readonly threads: number
  /** What the CPU kernels were dispatched for, such as AVX512. */
  readonly cpuCapability: string
}

/** All weights of a process, apart from the graphs that use them. */
export declare class Store {
  constructor()
  /**
   * Makes room for a weight, filled with zeros.
   * `order` lists the logical axes from the outermost to the innermost in memory. `isFilled` tells that
   * the zeros are its first values; otherwise programs refuse it until it gets some.
   */
  allocate(
    weight: WeightId,
    shape: readonly number[],
    dtype: DType,
    order: readonly number[],
    isFilled?: boolean,
  ): void
  /** Copies `data` into a weight, in turn with the programs that are under way. */
  write(weight: WeightId, data: TypedArray): Promise<void>
  /** Fills `data` with a weight's elements, in turn with the programs that are under way. */
  read(weight: WeightId, data: TypedArray): Promise<void>
  release(weight: WeightId): void
  /** Restarts the random numbers of all later programs, in turn with those under way. */
  seed(seed: number): void
}

/** A Plan made ready to run. */
export declare class Program {
  constructor(store: Store, plan: Plan)
  /**
   * Runs all phases. Inputs are copied before the call returns; `outputs` are filled before the
   * promise settles. When it rejects, no weight has changed in the phase that failed.
   */
  run(
    inputs: readonly TypedArray[],
    shapes: readonly (readonly number[])[],
    outputs: readonly TypedArray[],
  ): Promise<void>
}

export declare function runtimeInfo(): RuntimeInfo
export declare function memoryStats(): MemoryStats
/** Gives the memory kept for reuse back to the system, and begins `MemoryStats.peak` anew. */
export declare function emptyCache(): void
/** How many cores a program may use; 1 or more. */
export declare function setThreads(count: number): void
