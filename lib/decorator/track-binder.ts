import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { TRACKING } from '../capture/capture-port.js';
import { bindInstance, type BoundTracking } from './tracking-binding.js';

/** Binds what Nest holds without having made it: instances from `useFactory` and `useValue`. */
@Injectable()
export class TrackBinder implements OnModuleInit {
  constructor(
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
    @Inject(TRACKING) private readonly tracking: BoundTracking,
  ) {}

  onModuleInit(): void {
    for (const { controllers, providers, injectables } of this.modules.values()) {
      for (const { instance } of [...controllers.values(), ...providers.values(), ...injectables.values()]) {
        try {
          bindInstance(instance, this.tracking);
        } catch {
          // A proxy that refuses to be looked at has no decorated methods of ours to offer.
        }
      }
    }
  }
}
