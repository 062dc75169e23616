rule integrate_mean_fields:
    input:
        kernels=ancient(f"{KERNELS['meanfield']}/meanfield.txt"),
    output:
        batch="results/{experiment}/meanfield/{meanfield}/batch-{batch}.nc",
    log:
        "results/{experiment}/logs/meanfield/{meanfield}/batch-{batch}.log",
    benchmark:
        "results/{experiment}/benchmarks/meanfield/{meanfield}/batch-{batch}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(work.mean_fields),
        runtime=minutes(work.mean_fields),
    params:
        runs=keys_of_runs(parts.mean_field("{meanfield}")),
        portable=SETTINGS.portable,
        code=CODE["integrate"],
    shell:
        "NUMBA_CACHE_DIR=$(dirname {input.kernels}) "
        "python -m ikmeanfield integrate $IKMEANFIELD_PLANS/{wildcards.experiment}.json "
        "--meanfield {wildcards.meanfield} --batch {wildcards.batch} "
        "--output {output.batch} 2> {log}"
