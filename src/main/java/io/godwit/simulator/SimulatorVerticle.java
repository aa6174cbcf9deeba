package io.godwit.simulator;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A {@link Simulator} and its HTTP control as a component of Godwit. */
public final class SimulatorVerticle extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(SimulatorVerticle.class);

  private Simulator simulator;
  private ControlApi control;

  @Override
  public Future<?> start() {
    SimulatorConfig config = SimulatorConfig.from(config());
    return Simulator.start(vertx, config)
      .compose(started -> startControl(started, config.httpPort()))
      .onSuccess(v -> log.info("SMSC simulator: SMPP port {}, control {}", port(), config.httpPort() < 0 ? "off" : httpPort()));
  }

  private Future<Void> startControl(Simulator started, int httpPort) {
    simulator = started;
    if (httpPort < 0) {
      return Future.succeededFuture();
    }
    control = new ControlApi(vertx, simulator);
    return control.listen(simulator.config().host(), httpPort);
  }

  /** The SMPP port, once started. */
  public int port() {
    return simulator.port();
  }

  /** The control port, once started; -1 if there is none. */
  public int httpPort() {
    return control == null ? -1 : control.port();
  }

  public Simulator simulator() {
    return simulator;
  }

  @Override
  public Future<?> stop() {
    return simulator.stop();
  }
}
