rule simulate_networks:
    input:
        kernels=ancient(kernels_of_scheme),
    output:
        batch="results/{experiment}/spiking/batch-{batch}.nc",
    log:
        "results/{experiment}/logs/spiking/batch-{batch}.log",
    benchmark:
        "results/{experiment}/benchmarks/spiking/batch-{batch}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(work.networks),
        runtime=minutes(work.networks),
    params:
        runs=keys_of_runs(parts.NETWORK),
        portable=SETTINGS.portable,
        code=CODE["simulate"],
    shell:
        "NUMBA_CACHE_DIR=$(dirname {input.kernels[0]}) "
        "python -m ikmeanfield simulate $IKMEANFIELD_PLANS/{wildcards.experiment}.json "
        "--batch {wildcards.batch} "
        "--output {output.batch} 2> {log}"
