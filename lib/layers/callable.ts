/**
 * The one place of a trick: layers are functions.
 * `Dense(10)` and `new Dense(10)` make the same layer, and `layer(x)` calls it, as in Keras.
 */

type Constructor<Arguments extends unknown[], Instance> = new (...args: Arguments) => Instance

/** A class that also works without `new`. Subclassing it works as usual. */
export type CallableClass<C extends Constructor<never[], unknown>> = C &
  ((...args: ConstructorParameters<C>) => InstanceType<C>)

/** Lets a class be called without `new`, under the name that users know it by. */
export function callableClass<C extends Constructor<never[], unknown>>(
  name: string,
  target: C,
): CallableClass<C> {
  Object.defineProperty(target, 'name', { value: name, configurable: true })
  return new Proxy(target, {
    apply: (constructor, _this, args) => Reflect.construct(constructor, args) as unknown,
  }) as CallableClass<C>
}

/**
 * A function with the prototype of a class: what a base constructor returns so that all `this` of
 * its subclasses can be called. `invoke` receives the instance and the arguments of the call.
 */
export function callableInstance<T extends object>(
  prototype: T,
  invoke: (self: T, args: unknown[]) => unknown,
): T {
  const self = ((...args: unknown[]) => invoke(self, args)) as unknown as T
  // A function's own `name` is read-only and `length` is in the way; instances need neither.
  Reflect.deleteProperty(self, 'length')
  Object.defineProperty(self, 'name', { value: '', writable: true, configurable: true })
  Object.setPrototypeOf(self, prototype)
  return self
}
