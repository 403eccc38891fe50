# docs/devices.png, from tb_device_population.csv in the current folder
set terminal pngcairo size 1100,640 font "sans,10"
set output "devices.png"
set datafile separator ","
set multiplot layout 2,2
set ylabel "conductance, uS"
set grid
unset key
do for [d in "capacitor ecram reram-sb reram-es"] {
  set title d
  set xlabel "pulses, up and then down"
  plot "< grep ^".d.", tb_device_population.csv" using 2:($3*1e6):($5*1e6) with filledcurves fc rgb "#bbd4ee" , \
       "" using 2:($4*1e6) with lines lw 2 lc rgb "#1f4e79"
}
unset multiplot
