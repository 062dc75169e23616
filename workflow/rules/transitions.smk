# Where networks change state, beside the folds and Hopf points of their mean field.
rule locate_transitions:
    input:
        kernels=ancient(f"{KERNELS['spiking']}/exact.txt"),
    output:
        batch="results/{experiment}/transitions/batch-{batch}.nc",
    log:
        "results/{experiment}/logs/transitions/batch-{batch}.log",
    benchmark:
        "results/{experiment}/benchmarks/transitions/batch-{batch}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(work.transitions),
        runtime=minutes(work.transitions),
    params:
        runs=keys_of_runs(parts.TRANSITIONS),
        portable=SETTINGS.portable,
        code=CODE["locate"],
    shell:
        "NUMBA_CACHE_DIR=$(dirname {input.kernels}) "
        "python -m ikmeanfield locate $IKMEANFIELD_PLANS/{wildcards.experiment}.json "
        "--batch {wildcards.batch} "
        "--output {output.batch} 2> {log}"


rule continue_mean_fields:
    input:
        kernels=ancient(f"{KERNELS['meanfield']}/meanfield.txt"),
    output:
        batch="results/{experiment}/continuation/batch-{batch}.nc",
    log:
        "results/{experiment}/logs/continuation/batch-{batch}.log",
    benchmark:
        "results/{experiment}/benchmarks/continuation/batch-{batch}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(work.points),
        runtime=minutes(work.points),
    params:
        runs=keys_of_runs(parts.CONTINUATION),
        portable=SETTINGS.portable,
        code=CODE["continuation"],
    shell:
        "NUMBA_CACHE_DIR=$(dirname {input.kernels}) "
        "python -m ikmeanfield continue $IKMEANFIELD_PLANS/{wildcards.experiment}.json "
        "--batch {wildcards.batch} "
        "--output {output.batch} 2> {log}"


rule follow_plane:
    input:
        kernels=ancient(f"{KERNELS['meanfield']}/meanfield.txt"),
    output:
        plane="results/{experiment}/continuation/plane.nc",
        diagrams="results/{experiment}/continuation/diagrams.nc",
    log:
        "results/{experiment}/logs/continuation/plane.log",
    benchmark:
        "results/{experiment}/benchmarks/continuation/plane.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(work.plane),
        runtime=minutes(work.plane),
    params:
        key=plane_key,
        portable=SETTINGS.portable,
        code=CODE["plane"],
    shell:
        "NUMBA_CACHE_DIR=$(dirname {input.kernels}) "
        "python -m ikmeanfield plane $IKMEANFIELD_PLANS/{wildcards.experiment}.json "
        "--folder results/{wildcards.experiment} 2> {log}"


rule run_traces:
    input:
        kernels=ancient(f"{KERNELS['both']}/exact.txt"),
        meanfield=ancient(f"{KERNELS['both']}/meanfield.txt"),
    output:
        traces="results/{experiment}/traces.nc",
    log:
        "results/{experiment}/logs/traces.log",
    benchmark:
        "results/{experiment}/benchmarks/traces.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(work.traces),
        runtime=minutes(work.traces),
    params:
        key=traces_key,
        portable=SETTINGS.portable,
        code=CODE["traces"],
    shell:
        "NUMBA_CACHE_DIR=$(dirname {input.kernels}) "
        "python -m ikmeanfield traces $IKMEANFIELD_PLANS/{wildcards.experiment}.json "
        "--folder results/{wildcards.experiment} 2> {log}"
