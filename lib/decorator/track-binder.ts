import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { TRACKING } from '../capture/capture-port.js';
import { guarded } from '../host/guarded.js';
import { bindInstance, type BoundTracking } from './tracking-binding.js';

/** Binds instances that Nest did not make: those from `useFactory` and `useValue`. */
@Injectable()
export class TrackBinder implements OnModuleInit {
  constructor(
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
    @Inject(TRACKING) private readonly tracking: BoundTracking,
  ) {}

  onModuleInit(): void {
    for (const { controllers, providers, injectables } of this.modules.values()) {
      for (const { instance } of [...controllers.values(), ...providers.values(), ...injectables.values()]) {
        // A proxy may throw for every access.
        guarded(() => bindInstance(instance, this.tracking));
      }
    }
  }
}
